from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "market.tenancy"
