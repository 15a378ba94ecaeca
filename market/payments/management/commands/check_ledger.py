from typing import Any

from django.core.management.base import BaseCommand, CommandError

from market.payments import selectors
from market.purchases.selectors import orders


class Command(BaseCommand):
    help = "Adds up the ledger and holds every paid order against it. Fails on any difference."

    def handle(self, *args: Any, **options: Any) -> None:
        totals = selectors.trial_balance()
        faults = [
            f"the lines in {currency} add up to {cents} cents instead of 0"
            for currency, cents in totals.cents_by_currency.items()
            if cents
        ]
        faults += [f"account {pk}: balance is not its lines" for pk in totals.drifted_accounts]
        faults += [f"transfer {pk}: not two equal halves" for pk in totals.broken_transfers]
        faults += orders.order_faults()
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} differences")
        self.stdout.write("The ledger is sound.")
