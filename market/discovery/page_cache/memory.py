"""The pages that this process answered with a moment ago: a second of them costs no Redis read.

A purge is therefore seen up to `PAGE_CACHE_MEMORY_SECONDS` late. While Redis is away these pages
are shown until they are no longer fresh.
"""

import time

from django.conf import settings

from market.discovery.page_cache.entries import Entry

MOST_PAGES = 200  # of about 10 kB


class PageMemory:
    """Used by many threads: each method reads or writes the dictionary in single steps."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[Entry, float]] = {}

    def get(self, key: str, *, is_store_away: bool) -> Entry | None:
        entry, read_at = self._pages.get(key, (None, 0.0))
        if entry is None or not entry.is_fresh:
            return None
        is_recent = time.monotonic() - read_at < settings.PAGE_CACHE_MEMORY_SECONDS
        return entry if is_recent or is_store_away else None

    def put(self, key: str, entry: Entry) -> None:
        """The pages that came first leave first: one that is asked for comes back at once."""
        self._pages.pop(key, None)
        self._pages[key] = (entry, time.monotonic())
        for oldest in list(self._pages)[:-MOST_PAGES]:
            self._pages.pop(oldest, None)

    def clear(self) -> None:
        self._pages.clear()


memory = PageMemory()
