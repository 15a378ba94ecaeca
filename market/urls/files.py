"""`files.`: people's files and live previews. No cookies, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("market.items.urls_files")),
    path("", include("market.purchases.urls_files")),
]
