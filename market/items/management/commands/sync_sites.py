from typing import Any

from django.core.management.base import BaseCommand

from market.items.services import sites
from market.payments import pricing
from market.users import services as users


class Command(BaseCommand):
    help = "Mirror the marketplaces of sites/ into the database; part of every migration run."

    def handle(self, *args: Any, **options: Any) -> None:
        sites.sync_sites()
        pricing.seed_rates()
        users.sync_roles()
        self.stdout.write("The marketplaces are in the database.")
