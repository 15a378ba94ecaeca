"""`api.`: REST for partners."""

from django.urls import include, path

urlpatterns = [
    path("", include("market.discovery.urls_robots")),
    path("", include("market.api.urls")),
]
handler400 = "market.api.errors.bad_request"
handler403 = "market.api.errors.denied"
handler404 = "market.api.errors.not_found"
handler500 = "market.api.errors.server_error"
