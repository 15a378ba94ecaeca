import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from market.core import metrics
from market.payments.models import LedgerCheck
from market.payments.services import ledger_check
from market.purchases.services.ledger_checks import rows_to_read, run_check


class Command(BaseCommand):
    help = (
        "Adds up the whole ledger anew and holds every order against it. Fails on any difference. "
        "Stopped at any moment, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="begin anew")
        parser.add_argument("--json", metavar="FILE", help="write what was found to a file")
        parser.add_argument(
            "--chunk",
            type=int,
            default=ledger_check.CHUNK,
            metavar="ROWS",
            help="rows read at a time (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        check = ledger_check.open_check(fresh=options["fresh"])
        done = sum(check.read.values())
        with tqdm(
            total=rows_to_read(check),
            initial=done,
            desc="Ledger",
            unit="row",
            unit_scale=True,
            disable=options["verbosity"] == 0 or None,
        ) as bar:
            run_check(check=check, size=max(options["chunk"], 1), tell=bar.update)
        if options["json"]:
            Path(options["json"]).write_text(json.dumps(_report(check), indent=2) + "\n")
        metrics.gauge("ledger.faults", check.fault_count)
        for fault in check.faults:
            self.stderr.write(fault)
        if not check.is_sound:
            raise CommandError(f"{check.fault_count} differences")
        self.stdout.write("The ledger is sound.")


def _report(check: LedgerCheck) -> dict[str, object]:
    return {
        "check": check.pk,
        "is_sound": check.is_sound,
        "fault_count": check.fault_count,
        "faults": check.faults,
        "rows_read": check.read,
        "cents_by_currency": check.cents,
        "until_line": check.until_line_id,
        "started_at": check.started_at.isoformat(),
        "finished_at": check.finished_at.isoformat() if check.finished_at else None,
    }
