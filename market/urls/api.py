"""`api.`: REST for partners."""

from django.urls import include, path

urlpatterns = [path("", include("market.api.urls"))]
handler404 = "market.api.errors.not_found"
handler500 = "market.api.errors.server_error"
