from django.apps import AppConfig


class PurchasesConfig(AppConfig):
    name = "market.purchases"
