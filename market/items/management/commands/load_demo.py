from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from market.community import tasks as community
from market.discovery import services as discovery
from market.discovery.search import feeding
from market.items.management.demo.catalogue import load_item
from market.items.management.demo.folder import read_items, read_people, read_promotions
from market.items.management.demo.people import load_people
from market.items.management.demo.promotions import load_promotions
from market.items.management.demo.sales import load_purchases, load_ratings
from market.items.models import Item
from market.jobs import services as jobs
from market.users.models import User


class Command(BaseCommand):
    help = (
        "Load the demo: people, items with their files, purchases, ratings, promotions. Goes "
        "through the same services as everybody; a second run adds what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only",
            action="append",
            metavar="SITE/SLUG",
            help="load this item alone; may be given again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        only = set(options["only"] or [])
        demo = [one for one in read_items() if not only or one.name in only]
        said = read_people()
        people = load_people()
        reviewer = people[said["show"]["reviewer"]]
        items: dict[str, Item] = {}
        quiet = options["verbosity"] == 0
        for one in tqdm(demo, desc="Items", unit="item", disable=quiet):
            items[one.name] = load_item(one, people[one.said["author"]], reviewer)
        buyers = [people[one["username"]] for one in said["buyer"]]
        for buyer in tqdm(buyers, desc="Sales", unit="buyer", disable=quiet):
            self._sell(buyer, said["purchase"], items)
        # Queue `default` waits for the worker: it holds the gateway's reports to a web server.
        jobs.run_ready(queues=["media", "search"])
        for item in items.values():
            community.count_ratings.call(item_id=item.pk)
        discovery.roll_up_sales()
        staff = people[said["show"]["staff"]]
        load_promotions(read_promotions(), staff=staff, items=items, people=people)
        feeding.keep_up()
        if not quiet:
            self.stdout.write(f"The demo is loaded: {len(items)} items.")

    def _sell(
        self, buyer: User, purchases: Iterable[dict[str, Any]], items: dict[str, Item]
    ) -> None:
        wanted = [one for one in purchases if one["buyer"] == buyer.username]
        load_purchases(buyer, wanted, items)
        load_ratings(buyer, wanted, items)
