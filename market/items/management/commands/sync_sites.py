from typing import Any

from django.core.management.base import BaseCommand

from market.items.services import sites
from market.payments import ledger, pricing
from market.payments.gateways import gateway_name
from market.payments.services import withholding
from market.tenancy.registry import marketplaces
from market.users import services as users


class Command(BaseCommand):
    help = "Mirror the marketplaces of sites/ into the database; part of every migration run."

    def handle(self, *args: Any, **options: Any) -> None:
        sites.sync_sites()
        pricing.seed_rates()
        withholding.seed_treaties()
        for currency in {site.pricing.currency for site in marketplaces()}:
            ledger.open_platform_accounts(gateways=[gateway_name()], currency=currency)
        users.sync_roles()
        self.stdout.write("The marketplaces are in the database.")
