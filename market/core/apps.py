from django.apps import AppConfig

from market.core import error_reports


class CoreConfig(AppConfig):
    name = "market.core"

    def ready(self) -> None:
        error_reports.start()
