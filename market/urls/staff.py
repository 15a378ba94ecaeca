"""`staff.`: review, moderation, admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("market.users.urls_staff")),
    path("", include("market.items.urls_staff")),
    path("admin/", admin.site.urls),
]
handler404 = "market.discovery.views.not_found"
