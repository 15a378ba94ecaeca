from django.apps import AppConfig

from market.tenancy.registry import marketplaces


class TenancyConfig(AppConfig):
    name = "market.tenancy"

    def ready(self) -> None:
        # Whatever starts (web, worker, command) says what is wrong in sites/, before it does harm.
        marketplaces()
