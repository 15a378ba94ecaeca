from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from market.items.selectors.content_previews import versions_without_content
from market.items.services.media import add_content_previews


class Command(BaseCommand):
    help = (
        "Draw the icons and fonts in archives from before they were shown. A second run goes on "
        "where the first was stopped; ranges of versions may be worked off side by side."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--after", type=int, default=0, metavar="VERSION")
        parser.add_argument("--until", type=int, default=None, metavar="VERSION")

    def handle(self, *args: Any, **options: Any) -> None:
        found = versions_without_content(after=options["after"], until=options["until"])
        done = 0
        for version_id in tqdm(found, desc="Versions", disable=options["verbosity"] == 0):
            done += add_content_previews(version_id=version_id)
        self.stdout.write(f"{done} previews added.")
