from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.discovery.services import replay_sales
from market.items.models import ItemStats

BATCH = 500


class Command(BaseCommand):
    help = (
        "Count the sales of the last 90 days anew from the purchases, and what trends with them. "
        "Goes on from any item, and may run at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="ITEM", help="go on after it")

    def handle(self, *args: Any, **options: Any) -> None:
        last = int(options["after"])
        while ids := _next(last):
            replay_sales(item_ids=ids)
            last = ids[-1]
            self.stdout.write(f"Done up to item {last}.")


def _next(last: int) -> list[int]:
    rows = ItemStats.objects.filter(pk__gt=last, sales__gt=0).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])
