"""`api.`: REST for partners."""

from django.urls import include, path

urlpatterns = [path("", include("market.api.urls"))]
