"""How often items' pages are opened, counted without a hot row and without knowing by whom.

Each process counts in memory and writes a row now and then, in passing, within a request: a kept
page asks no database otherwise. A process that is killed loses what it counted since; so do
writes that fail. Views decide nothing, they tell authors what is looked at.
"""

import threading
import time
from collections import Counter

import structlog
from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponseBase

from market.discovery.models import ViewBatch

MOST_ITEMS = 2000  # a batch that long is written at once
log = structlog.get_logger(__name__)


class Viewed:
    """Used by many threads."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._written_at = time.monotonic()

    def note(self, item_id: int) -> None:
        with self._lock:
            self._counts[item_id] += 1
            is_due = time.monotonic() - self._written_at >= settings.VIEW_COUNT_SECONDS
            if not is_due and len(self._counts) < MOST_ITEMS:
                return
            counts, self._counts = self._counts, Counter()
            self._written_at = time.monotonic()
        _write(counts)


def _write(counts: Counter[int]) -> None:
    try:
        ViewBatch.objects.create(counts={str(item): views for item, views in counts.items()})
    except Error as error:  # the page is rendered already; the visitor is not told
        log.warning("views_lost", items=len(counts), error=str(error))


viewed = Viewed()


def is_opened(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether a person's browser opened a page: it says so, what crawls and prefetches does not."""
    return (
        request.method == "GET"
        and response.status_code in (200, 304)
        and request.META.get("HTTP_SEC_FETCH_DEST") == "document"
        and "prefetch" not in request.META.get("HTTP_SEC_PURPOSE", "")
    )
