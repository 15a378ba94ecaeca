import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, close_old_connections
from tqdm import tqdm

from market.core.stopping import Stopping
from market.discovery.search import engine, feeding
from market.discovery.search.interface import IndexBusy, SearchAway
from market.discovery.search.snapshots import fetch_snapshot, publish_snapshot
from market.items.selectors.changes import ChangesForgotten

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = (
        "Bring this host's search index up to date; where there is none it begins with the newest "
        "snapshot, or is built. "
        "Searches go on meanwhile. A build that was stopped goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="build it anew beside the old")
        parser.add_argument(
            "--publish", action="store_true", help="then store a snapshot for new hosts"
        )
        parser.add_argument("--follow", action="store_true", help="go on until SIGTERM or SIGINT")
        parser.add_argument(
            "--every", type=float, default=1.0, metavar="SECONDS", help="with --follow (1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["rebuild"] or not (engine().is_available() or fetch_snapshot()):
                self._build(is_quiet=options["verbosity"] == 0)
            else:
                self._catch_up(is_quiet=options["verbosity"] == 0)
        except SearchAway as error:
            raise CommandError("This host keeps no index: see SEARCH_INDEX_URL.") from error
        except IndexBusy as error:
            raise CommandError("Another process writes this index.") from error
        if options["publish"]:
            self.stdout.write(f"Stored as {publish_snapshot().key}.")
        if options["follow"]:
            self._follow(every_seconds=options["every"])

    def _build(self, *, is_quiet: bool) -> None:
        with tqdm(total=feeding.items_on_sale(), unit="item", disable=is_quiet) as bar:
            feeding.rebuild(advance=bar.update)
        self._say(is_quiet=is_quiet)

    def _catch_up(self, *, is_quiet: bool) -> None:
        try:
            feeding.follow()
        except ChangesForgotten:
            self._build(is_quiet=is_quiet)
        else:
            self._say(is_quiet=is_quiet)

    def _say(self, *, is_quiet: bool) -> None:
        if not is_quiet:
            self.stdout.write(f"The index contains all changes up to {engine().position()}.")

    def _follow(self, *, every_seconds: float) -> None:
        stopping = Stopping()
        while not stopping.is_due:
            close_old_connections()
            try:
                feeding.follow()
            except (Error, IndexBusy, SearchAway):  # the database is away, say: it comes back
                log.exception("search_follow_failed")
            except ChangesForgotten:
                self._build(is_quiet=True)
            time.sleep(every_seconds)
