from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from market.community.selectors import rated_items
from market.community.tasks import count_ratings


class Command(BaseCommand):
    help = "Counts the ratings of all rated items again, in batches. Repeat it as you like."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--after", type=int, default=0, help="go on after this item's id")

    def handle(self, *args: Any, **options: Any) -> None:
        after: int = options["after"]
        while item_ids := rated_items(after=after):
            for item_id in item_ids:
                count_ratings.call(item_id=item_id)
            after = item_ids[-1]
            self.stdout.write(f"Counted up to item {after}.")
        self.stdout.write("All ratings are counted.")
