import time
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.discovery.search import engine, feeding
from market.discovery.search.interface import IndexBusy, SearchAway
from market.jobs import services
from market.jobs.selectors import queue_names
from market.jobs.worker import Worker

FOLLOWED_AT_ONCE = 2000  # items: jobs wait meanwhile
MISSING_SECONDS = 60  # until a host without an index tries again to begin with one

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Runs jobs until SIGTERM or SIGINT; the job that runs then is finished first."
    # A deployment runs `check` once; workers start often, and need no URLs.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queues", help="comma-separated; all by default")
        parser.add_argument("--batch", action="store_true", help="stop when nothing is due")
        parser.add_argument(
            "--no-schedule", action="store_true", help="leave periodic tasks to other workers"
        )
        parser.add_argument(
            "--lease-seconds",
            type=float,
            default=services.LEASE_SECONDS,
            help="when a killed worker's job is given to another (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        queues = options["queues"].split(",") if options["queues"] else queue_names()
        if unknown := set(queues) - set(queue_names()):
            known = ", ".join(queue_names())
            raise CommandError(f"No queue {', '.join(sorted(unknown))}; there are: {known}")
        Worker(
            queues=queues,
            batch=options["batch"],
            with_schedule=not options["no_schedule"],
            lease_seconds=options["lease_seconds"],
            keep_host=SearchFollower(),
        ).run()


class SearchFollower:
    """Searches on this host find what changed on others: the job for it ran on one of them."""

    def __init__(self) -> None:
        self._due = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._due:
            return
        try:
            feeding.keep_up(at_most=FOLLOWED_AT_ONCE)
        except (OSError, IndexBusy, SearchAway):  # the disk is full, say: jobs go on
            log.exception("search_follow_failed")
        if not engine().is_available():
            self._due = time.monotonic() + MISSING_SECONDS
