from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.jobs import services


class Command(BaseCommand):
    help = "Deletes done jobs; a schedule does so every hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=services.KEEP_DAYS, help="keep so many (default: 7)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{services.prune(days=options['days'])} jobs deleted")
