"""Pages and generations in the cache `pages`; who may refill a page; and Redis being away.

While the store is away nothing waits for it: after a failure it is not asked for a few seconds.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from redis.exceptions import RedisError

from market.discovery.page_cache import generations
from market.discovery.page_cache.entries import STALE_TIMES, Entry, read_entry

# A refiller that was killed keeps others from refilling for so long.
REFILL_SECONDS = 10
AWAY_SECONDS = 5.0
log = structlog.get_logger(__name__)


class StoreAway(Exception):
    """Redis does not answer, or did not a moment ago."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stood in the store: the page, and the value of each of its generations, in order."""

    entry: Entry | None
    values: tuple[str | None, ...]

    @property
    def is_valid(self) -> bool:
        """Whether nothing that the page depends on was purged since it was rendered."""
        return self.entry is not None and self.entry.values == self.values


class PageStore:
    """Each method is one round trip unless it says otherwise, and raises StoreAway."""

    def __init__(self) -> None:
        self._away_until = 0.0

    @property
    def is_away(self) -> bool:
        return time.monotonic() < self._away_until

    def ask_again(self) -> None:
        """Do not wait for the seconds after a failure to pass."""
        self._away_until = 0.0

    def read(self, key: str, tags: Sequence[str]) -> Found:
        names = [_name(tag) for tag in tags]
        found = self._ask("get_many", [key, *names])
        return Found(
            read_entry(found.get(key)),
            tuple(_text(found.get(name)) for name in names),
        )

    def claim(self, key: str) -> bool:
        """Whether the caller is the one to refill the page now.

        A folder instead of Redis may say so to several at once.
        """
        return bool(self._ask("add", f"refill:{key}", b"1", timeout=REFILL_SECONDS))

    def release(self, key: str) -> None:
        self._ask("delete", f"refill:{key}")

    def open_generations(
        self, tags: Sequence[str], values: Sequence[str | None]
    ) -> tuple[str, ...] | None:
        """The values, those that were missing put now (a round trip each).

        None if somebody else put one meanwhile: what was rendered may be older than that.
        """
        opened = []
        for tag, value in zip(tags, values, strict=True):
            new = value or generations.of_first_page()
            if value is None and not self._ask(
                "add", _name(tag), new.encode(), timeout=generations.KEPT_SECONDS
            ):
                return None
            opened.append(new)
        return tuple(opened)

    def write(self, key: str, entry: Entry, *, fresh_seconds: int) -> None:
        self._ask("set", key, entry.to_bytes(), timeout=fresh_seconds * (1 + STALE_TIMES))

    def read_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Parts of pages, by key; what is not there is left out."""
        found = self._ask("get_many", keys)
        return {key: value for key, value in found.items() if isinstance(value, bytes)}

    def write_many(self, parts: Mapping[str, bytes], *, seconds: int) -> None:
        self._ask("set_many", parts, timeout=seconds)

    def renew(self, tags: Iterable[str]) -> None:
        """Put new values, and read them back: a cache that swallows its failures has not purged.

        Asks the store even if it was away a moment ago: three round trips at the most.
        """
        values = {_name(tag): generations.of_purge().encode() for tag in tags}
        self.ask_again()
        self._ask("set_many", values, timeout=generations.KEPT_SECONDS)
        if self._ask("get_many", list(values)).keys() != values.keys():
            raise StoreAway("generations could not be written")

    def _ask(self, method: str, *args: object, **kwargs: object) -> dict[str, object]:
        """Call a method of the cache; typed after the one whose answer is more than true or not."""
        if self.is_away:
            raise StoreAway
        cache: BaseCache = caches["pages"]
        try:
            answer: dict[str, object] = getattr(cache, method)(*args, **kwargs)
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            log.warning("page_store_away", error=str(error))
            raise StoreAway(str(error)) from error
        return answer


def _name(tag: str) -> str:
    return f"generation:{tag}"


def _text(stored: object) -> str | None:
    return stored.decode() if isinstance(stored, bytes) else None


store = PageStore()
