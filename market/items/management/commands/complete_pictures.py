from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from market.items.selectors.pictures import incomplete_versions
from market.items.services.media import complete_pictures


class Command(BaseCommand):
    help = (
        "Add the formats that pages are drawn with to pictures from before there were such. What "
        "is stored stays, so that pages that are kept somewhere go on. A second run goes on where "
        "the first was stopped; ranges of versions may be worked off side by side."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="VERSION")
        parser.add_argument("--until", type=int, default=None, metavar="VERSION")

    def handle(self, *args: Any, **options: Any) -> None:
        found = incomplete_versions(after=options["after"], until=options["until"])
        done = 0
        for version_id in tqdm(found, desc="Versions", disable=options["verbosity"] == 0):
            done += complete_pictures(version_id=version_id)
        self.stdout.write(f"{done} pictures completed.")
