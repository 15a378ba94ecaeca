"""What a marketplace's host answers.

Each page has an address in each language; what only programs ask for (robots.txt, sitemaps)
stands before `i18n_patterns` and has one.
"""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = [
    path("", include("market.discovery.urls_robots")),
    path("", include("market.discovery.urls_sitemaps")),
    *i18n_patterns(
        path("", include("market.discovery.urls_marketplace")),
        path("", include("market.purchases.urls_marketplace")),
        path("", include("market.users.urls_marketplace")),
        prefix_default_language=False,
    ),
]
handler400 = "market.core.views.bad_request"
handler403 = "market.core.views.denied"
handler404 = "market.core.views.not_found"
handler500 = "market.core.views.server_error"
