"""What a marketplace's host answers."""

from django.urls import include, path

urlpatterns = [
    path("", include("market.discovery.urls_marketplace")),
    path("", include("market.purchases.urls_marketplace")),
    path("", include("market.users.urls_marketplace")),
]
handler404 = "market.discovery.views.not_found"
