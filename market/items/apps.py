from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "market.items"
