from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from market.core.db.grants import grant_to, insert_only_tables


class Command(BaseCommand):
    help = "Gives the application's database user its rights; rows of the ledger it may only add."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", metavar="NAME@HOST", help="as CREATE USER named it")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "mysql":
            raise CommandError("Only MySQL and its kin know users.")
        grant_to(account=options["account"], connection=connection)
        tables = len(insert_only_tables())
        self.stdout.write(f"{options['account']}: {tables} tables may only be added to.")
