import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from market.discovery.search import engine, feeding
from market.discovery.search.interface import SearchAway
from market.items.selectors.changes import last_position

SHOWN = 20  # ids of each kind


class Command(BaseCommand):
    help = "Compare this host's search index with the database; status 1 where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="the findings as JSON")
        parser.add_argument("--repair", action="store_true", help="let all hosts look again")

    def handle(self, *args: Any, **options: Any) -> None:
        is_quiet = options["json"] or options["verbosity"] == 0
        try:
            with tqdm(unit="id", disable=is_quiet) as bar:
                found = feeding.compare(advance=bar.update)
        except SearchAway as error:
            raise CommandError("There is no index on this host: index_search makes one.") from error
        report = {
            "position": engine().position(),
            "last_position": last_position(),
            "missing": len(found.missing),
            "superfluous": len(found.superfluous),
            "stale": len(found.stale),
            "first_ids": found.item_ids[:SHOWN],
        }
        if options["repair"] and found.item_ids:
            feeding.repair(found)
            report["repaired"] = True
        if options["json"]:
            self.stdout.write(json.dumps(report))
        elif not is_quiet:
            self.stdout.write(", ".join(f"{key}: {value}" for key, value in report.items()))
        if found.item_ids and not options["repair"]:
            raise SystemExit(1)
