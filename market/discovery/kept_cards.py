"""Cards of lists, kept as they were drawn: in this process and, for all hosts, in Redis.

A key is a digest of all that a card shows and of all by which it is drawn: another price, rating,
language or release is another key. So nothing is ever purged, and no old card can be found.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse

from market.core.locales import language
from market.discovery.page_cache.store import StoreAway, store
from market.items.addresses import preview_url
from market.items.models import Item
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplace_by_id

# Goes up with each change of how a card is stored.
FORM = 1
KEPT_SECONDS = 24 * 3600
MOST_IN_MEMORY = 2000  # of 2 to 3 kB


@dataclass(frozen=True, slots=True)
class Card:
    """`preload` is what the page's head says of the card's picture, if it is the largest."""

    html: str
    preload: Mapping[str, str] | None = None

    def to_bytes(self) -> bytes:
        return json.dumps(self.preload).encode() + b"\n" + self.html.encode()


class CardMemory:
    """What was asked for last stays. Used by many threads: each step is a single one."""

    def __init__(self) -> None:
        self._cards: dict[str, bytes] = {}

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        found = {}
        for key in keys:
            stored = self._cards.pop(key, None)
            if stored is not None:
                self._cards[key] = found[key] = stored
        return found

    def put_many(self, cards: Mapping[str, bytes]) -> None:
        self._cards.update(cards)
        if len(self._cards) > MOST_IN_MEMORY:
            for oldest in list(self._cards)[:-MOST_IN_MEMORY]:
                self._cards.pop(oldest, None)

    def clear(self) -> None:
        self._cards.clear()


memory = CardMemory()


def kept_cards(
    items: Sequence[Item],
    *,
    marketplace: Marketplace,
    eager: int,
    draw: Callable[[Item, bool], Card],
) -> list[Card]:
    """The items' cards, the first `eager` of them drawn for the top of a page.

    Two round trips at the most, however many are drawn anew; none where this process has them all.
    """
    if not settings.KEEP_PARTS:
        return [draw(item, place < eager) for place, item in enumerate(items)]
    drawing = _drawing(marketplace.id, language(), settings.REVISION, preview_url("previews/any"))
    keys = [_key(drawing, item, place < eager) for place, item in enumerate(items)]
    stored = memory.get_many(keys)
    if missing := [key for key in keys if key not in stored]:
        found = _read(missing)
        drawn = {
            key: draw(item, place < eager).to_bytes()
            for place, (key, item) in enumerate(zip(keys, items, strict=True))
            if key not in stored and key not in found
        }
        _write(drawn)
        memory.put_many(found | drawn)
        stored |= found | drawn
    return [_card(stored[key]) for key in keys]


def _key(drawing: str, item: Item, is_eager: bool) -> str:
    """Of everything that the template of a card is given."""
    shown = (
        drawing, is_eager, item.pk, item.slug, item.name, item.summary, item.free_until, item.card,
        item.stats.sales, item.stats.rating_sum, item.stats.rating_count,
    )  # fmt: skip
    return f"card:{FORM}:{blake2b(repr(shown).encode(), digest_size=16).hexdigest()}"


@cache
def _drawing(site_id: int, code: str, revision: str, previews: str) -> str:
    """What is the same for all cards of a marketplace in a language: `code`, the active one."""
    said = (
        code,
        revision,
        previews,
        repr(marketplace_by_id(site_id)),
        reverse("discovery:home"),
        # The addresses of static files have hashes of their contents.
        settings.STATIC_URL,
        getattr(staticfiles_storage, "manifest_hash", ""),
    )
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def _card(stored: bytes) -> Card:
    head, _, html = stored.partition(b"\n")
    return Card(html.decode(), None if head == b"null" else json.loads(head))


def _is_shared() -> bool:
    """Without a revision nobody could tell the cards of one release from those of the next."""
    return bool(settings.REDIS_URL) and settings.REVISION != "development"


def _read(keys: Sequence[str]) -> dict[str, bytes]:
    if not _is_shared():
        return {}
    try:
        return store.read_many(keys)
    except StoreAway:
        return {}  # noted by the store; the cards are drawn


def _write(cards: Mapping[str, bytes]) -> None:
    if not cards or not _is_shared():
        return
    try:
        store.write_many(cards, seconds=KEPT_SECONDS)
    except StoreAway:
        return  # noted by the store; the cards are shown
