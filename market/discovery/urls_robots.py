"""What programs ask every host for, in no language."""

from django.urls import path

from market.discovery.views import robots

urlpatterns = [path("robots.txt", robots, name="robots")]
