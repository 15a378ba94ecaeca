from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from market.core.db.locks import LockTaken, allow_long_statements, named_lock


class Command(BaseCommand):
    help = "Migrates the database and mirrors sites/ into it; one process at a time, repeatable."

    def add_arguments(self, parser: CommandParser) -> None:
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
                call_command("migrate", interactive=False, verbosity=options["verbosity"])
                call_command("sync_sites")
                if settings.APP_DATABASE_USER:
                    call_command("grant_app_user", settings.APP_DATABASE_USER)
        except LockTaken as taken:
            raise CommandError(
                f"Another migration runs; waited {options['wait']} s for it."
            ) from taken
