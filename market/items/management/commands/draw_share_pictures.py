from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from market.items.selectors.pictures import items_on_sale
from market.items.services.shares import make_share_picture


class Command(BaseCommand):
    help = (
        "Draw what links to items show, for the items on sale that have no such picture or an "
        "older one. A second run draws only what is missing; ranges of items may be worked off "
        "side by side."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="ITEM")
        parser.add_argument("--until", type=int, default=None, metavar="ITEM")

    def handle(self, *args: Any, **options: Any) -> None:
        found = items_on_sale(after=options["after"], until=options["until"])
        drawn = 0
        for item_id in tqdm(found, desc="Items", disable=options["verbosity"] == 0):
            drawn += make_share_picture(item_id=item_id)
        self.stdout.write(f"{drawn} pictures drawn.")
