from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.items.services import publishing


class Command(BaseCommand):
    help = (
        "Make the cards of items anew where an older release made them. May be stopped and "
        "started again at any time; what is done is skipped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="ID", help="start behind it")

    def handle(self, *args: Any, **options: Any) -> None:
        last: int | None = options["after"]
        while last is not None and (last := publishing.remake_cards(after=last)) is not None:
            self.stdout.write(f"up to item {last}")
        self.stdout.write("All cards are of this release.")
