"""`account.`: sign-in, cart, checkout, library, statements, author desk; gateways report here."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("", include("market.discovery.urls_robots")),
    path("", include("market.payments.urls_gateways")),
    *i18n_patterns(
        path("", include("market.users.urls_account")),
        path("", include("market.users.urls_entrance")),
        path("", include("market.purchases.urls_account")),
        path("", include("market.items.urls_account")),
        path("", include("market.payments.urls_account")),
        prefix_default_language=False,
    ),
]
handler400 = "market.core.views.bad_request"
handler403 = "market.core.views.denied"
handler404 = "market.core.views.not_found"
handler500 = "market.core.views.server_error"
