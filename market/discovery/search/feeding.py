"""Keeping this host's index: following the change table, building anew, comparing with the rows."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from django.db import close_old_connections, connection
from django.db.models import Max

from market.discovery.search import engine
from market.discovery.search.documents import columns_of, documents_between, documents_of
from market.discovery.search.interface import Changes, IndexBusy, SearchAway, Target
from market.discovery.search.snapshots import fetch_snapshot, publish_snapshot
from market.discovery.selectors.lists import WHOLE_SITE, totals
from market.items.models import Item, ItemListing
from market.items.selectors.changes import ChangesForgotten, changed_items, forgotten_position
from market.items.services.changes import give_positions, note_changes
from market.tenancy.registry import marketplaces

# Up to so many items an index is built in passing, by whoever finds that there is none.
SMALL = 20_000
CHUNK = 5000  # items whose rows are read at once
COMPARED = 5000

log = structlog.get_logger(__name__)
Advance = Callable[[int], object]


def keep_up(*, at_most: int | None = None) -> int:
    """Bring this host's index to what is committed now; returns how many items were looked at.

    `at_most` (about) of them, where others wait. Where there is no index it begins with the newest
    snapshot; without one, a small index is built, and a large one is for `manage.py index_search`.
    """
    try:
        return follow(at_most=at_most)
    except (SearchAway, ChangesForgotten) as problem:
        reason = repr(problem)
    try:
        if fetch_snapshot():
            return follow(at_most=at_most)
        if items_on_sale() <= SMALL:
            return rebuild()
    except (SearchAway, IndexBusy):  # a host that keeps none; or another process is at it
        return 0
    log.warning("search_index_missing", reason=reason)
    return 0


def follow(*, at_most: int | None = None) -> int:
    """Raises what `catch_up` does."""
    give_positions()
    return catch_up(engine(), at_most=at_most)


def catch_up(target: Target, *, at_most: int | None = None) -> int:
    """Raises SearchAway without an index, ChangesForgotten for one that is too old, IndexBusy."""
    looked_at = 0
    while True:
        position = target.position()
        if position is None:
            raise SearchAway
        changed = changed_items(after=position)
        if not changed.item_ids:
            return looked_at
        documents = documents_of(changed.item_ids)
        gone = changed.item_ids - {one.id for one in documents}
        target.index(Changes(documents=documents, gone=gone, position=changed.position))
        looked_at += len(changed.item_ids)
        if at_most is not None and looked_at >= at_most:
            return looked_at


def rebuild(*, advance: Advance = lambda _items: None) -> int:
    """Build a new index beside the one that answers, and put it in its place.

    Goes on where an earlier one was stopped. Returns how many items were looked at. Raises
    SearchAway on a host that keeps none, IndexBusy while another process builds.
    """
    position = give_positions()
    looked_at = 0
    with engine().build(position=position, oldest=forgotten_position()) as build:
        with _garbage_kept():
            while ids := _ids_after(build.after):
                build.add(documents_between(ids[0], ids[-1]), after=ids[-1])
                gc.collect(1)
                looked_at += len(ids)
                advance(len(ids))
        looked_at += catch_up(build)
        build.publish()
    _connect_anew()
    return looked_at + catch_up(engine())


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Python's search for cycles takes a third of the time that documents take, and finds none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _connect_anew() -> None:
    """While a large segment is written out, the database may hang up on who is silent so long."""
    if not connection.in_atomic_block:
        close_old_connections()


def _ids_after(item_id: int) -> Sequence[int]:
    _connect_anew()
    items = Item.objects.filter(pk__gt=item_id, status=Item.Status.APPROVED).order_by("pk")
    return list(items.values_list("pk", flat=True)[:CHUNK])


def publish_large() -> bool:
    """Store a snapshot of an index that takes long to build; whether it did."""
    if items_on_sale() <= SMALL or not engine().is_available():
        return False
    publish_snapshot()
    return True


def items_on_sale() -> int:
    """By the kept totals."""
    return sum(
        totals(site_id=site.id, node_ids=[WHOLE_SITE])[WHOLE_SITE] for site in marketplaces()
    )


@dataclass(frozen=True, slots=True)
class Differences:
    """Items by what is wrong with them in the index."""

    missing: list[int] = field(default_factory=list)
    superfluous: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)  # with other prices, counts or times

    @property
    def item_ids(self) -> list[int]:
        return sorted([*self.missing, *self.superfluous, *self.stale])


def compare(*, advance: Advance = lambda _items: None) -> Differences:
    """The whole index with the rows of the lists. Raises SearchAway.

    What differs is looked at once more after what changed meanwhile was read.
    """
    found = Differences()
    keep_up()
    last = max(ItemListing.objects.aggregate(last=Max("item_id"))["last"] or 0, 0)
    for low in range(0, last + 1, COMPARED):
        _add_differences(found, low, low + COMPARED)
        advance(COMPARED)
    return found


def _add_differences(found: Differences, low: int, high: int) -> None:
    first = _differing(low, high)
    if not first.item_ids:
        return
    keep_up()
    again = _differing(low, high)
    found.missing.extend(sorted(set(first.missing) & set(again.missing)))
    found.superfluous.extend(sorted(set(first.superfluous) & set(again.superfluous)))
    found.stale.extend(sorted(set(first.stale) & set(again.stale)))


def _differing(low: int, high: int) -> Differences:
    rows = ItemListing.objects.filter(node_id=WHOLE_SITE, item_id__gte=low, item_id__lt=high)
    wanted = {row.item_id: columns_of(row) for row in rows}
    stored = engine().stored(low=low, high=high)
    return Differences(
        missing=sorted(set(wanted) - set(stored)),
        superfluous=sorted(set(stored) - set(wanted)),
        stale=[one for one in sorted(wanted) if one in stored and stored[one] != wanted[one]],
    )


def repair(differences: Differences) -> None:
    """Let every host look at them again."""
    note_changes(differences.item_ids)
    keep_up()
