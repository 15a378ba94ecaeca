from typing import Any

from django.core.management.base import BaseCommand

from market.payments.tasks import run_payouts


class Command(BaseCommand):
    help = "Do what is due of the monthly payouts: cut off, send, ask. Safe to repeat and to kill."

    def handle(self, *args: Any, **options: Any) -> None:
        run_payouts.call()
        self.stdout.write("What was due is done; each payout's timeline says how it stands.")
