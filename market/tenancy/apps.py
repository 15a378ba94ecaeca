from django.apps import AppConfig
from django.conf import settings

from market.tenancy.registry import marketplaces_in


class TenancyConfig(AppConfig):
    name = "market.tenancy"

    def ready(self) -> None:
        # Whatever starts (web, worker, command) says what is wrong in sites/, before it does harm.
        for code, _ in settings.LANGUAGES:
            marketplaces_in(code)
