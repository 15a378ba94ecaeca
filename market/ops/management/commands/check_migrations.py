from typing import Any

from django.core.management.base import BaseCommand, CommandError

from market.core.db.expanding import contracts, pending_plan, refusals


class Command(BaseCommand):
    help = "Says which migrations wait, and refuses those that the running release cannot survive."

    def handle(self, *args: Any, **options: Any) -> None:
        plan = pending_plan()
        for one in plan:
            kind = "contracts" if contracts(one) else "expands"
            self.stdout.write(f"{one.app_label}.{one.name} {kind}")
        found = refusals(plan)
        if found:
            raise CommandError(
                "The running release would break:\n  " + "\n  ".join(map(str, found))
            )
        self.stdout.write(f"{len(plan)} migrations wait; the running release survives all.")
