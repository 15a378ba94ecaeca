"""`files.`: people's files and live previews. No cookies, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("market.discovery.urls_robots")),
    path("", include("market.items.urls_files")),
    path("", include("market.purchases.urls_files")),
]
handler400 = "market.core.views.bad_request"
handler403 = "market.core.views.denied"
handler404 = "market.core.views.not_found"
handler500 = "market.core.views.server_error"
