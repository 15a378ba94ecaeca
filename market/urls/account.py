"""`account.`: sign-in, cart, checkout, library, statements, author desk; gateways report here."""

from django.urls import include, path

urlpatterns = [
    path("", include("market.users.urls_account")),
    path("", include("market.users.urls_entrance")),
    path("", include("market.purchases.urls_account")),
    path("", include("market.items.urls_account")),
    path("", include("market.payments.urls_account")),
]
handler404 = "market.discovery.views.not_found"
