from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations import Migration

from market.core.db.expanding import contracts, pending_plan, refusals
from market.core.db.locks import LockTaken, allow_long_statements, named_lock


class Command(BaseCommand):
    help = (
        "Runs the migrations that expand and mirrors sites/ into the database; one process at a "
        "time, repeatable. What the running release would not survive is refused before anything."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--contract",
            action="store_true",
            help="also those that take away what older releases use: after the last host",
        )
        parser.add_argument(
            "--wait",
            type=int,
            default=600,
            metavar="SECONDS",
            help="for another migration to end (default: %(default)s; SQLite: for ever)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor == "mysql":
            connection.close()
            connection.settings_dict = allow_long_statements(connection.settings_dict)
        try:
            with named_lock("migrate", wait_seconds=options["wait"]):
                self.migrate(contract=options["contract"], verbosity=options["verbosity"])
                call_command("sync_sites")
                if settings.APP_DATABASE_USER:
                    call_command("grant_app_user", settings.APP_DATABASE_USER)
        except LockTaken as taken:
            raise CommandError(
                f"Another migration runs; waited {options['wait']} s for it."
            ) from taken

    def migrate(self, *, contract: bool, verbosity: int) -> None:
        plan = pending_plan()
        refused = refusals(plan)
        if refused:
            raise CommandError(
                "The running release would break:\n  " + "\n  ".join(map(str, refused))
            )
        waiting = [] if contract else [one for one in plan if contracts(one)]
        if not waiting:
            call_command("migrate", interactive=False, verbosity=verbosity)
            return
        for app, name in last_before(plan, waiting).items():
            call_command("migrate", app, name, interactive=False, verbosity=verbosity)
        names = ", ".join(f"{one.app_label}.{one.name}" for one in waiting)
        self.stdout.write(f"Still to run, with --contract, after the last host: {names}")


def last_before(plan: Sequence[Migration], waiting: Sequence[Migration]) -> dict[str, str]:
    """Each app's last migration that needs none of those that wait. Raises CommandError."""
    late = {(one.app_label, one.name) for one in waiting}
    last: dict[str, str] = {}
    for one in plan:
        key = (one.app_label, one.name)
        if key in late:
            continue
        if late & set(one.dependencies):
            raise CommandError(
                f"{one.app_label}.{one.name} expands what a waiting migration contracts: "
                "release the contraction first, with --contract."
            )
        last[one.app_label] = one.name
    return last
