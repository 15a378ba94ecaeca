"""The change table of items: noted with the change, put in order after it."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from market.items.models import ChangeCounter, ItemChange
from market.items.selectors.changes import has_waiting_changes, last_position

THE_COUNTER = 1
BATCH = 500
KEPT_DAYS = 7


def note_changes(item_ids: Collection[int]) -> None:
    """To be called inside the transaction of the change. One statement for some hundred items."""
    now = timezone.now()
    ItemChange.objects.bulk_create(
        (ItemChange(item_id=item_id, created_at=now) for item_id in sorted(set(item_ids))),
        batch_size=BATCH,
    )


def give_positions() -> int:
    """Put all changes that are committed in order; returns the last position.

    Whoever sees a position sees all those before it: the counter's lock makes the transactions
    that give them follow each other.
    """
    while has_waiting_changes():
        _give_batch()
    return last_position()


@transaction.atomic
def _give_batch() -> None:
    ChangeCounter.objects.get_or_create(pk=THE_COUNTER)
    counter = ChangeCounter.objects.select_for_update().get(pk=THE_COUNTER)
    waiting = list(ItemChange.objects.filter(position=None).order_by("pk")[:BATCH])
    if waiting:
        for position, change in enumerate(waiting, start=counter.last_position + 1):
            change.position = position
        ItemChange.objects.bulk_update(waiting, ["position"])
        counter.last_position += len(waiting)
        counter.save(update_fields=["last_position"])


def prune_changes() -> int:
    """Forget what every index has long read; returns how many there were. Safe to repeat."""
    pruned = 0
    while batch := _prune_batch():
        pruned += batch
    return pruned


@transaction.atomic
def _prune_batch() -> int:
    ChangeCounter.objects.get_or_create(pk=THE_COUNTER)
    counter = ChangeCounter.objects.select_for_update().get(pk=THE_COUNTER)
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    known = ItemChange.objects.filter(position__isnull=False)
    first = list(known.order_by("position")[:BATCH])
    old = [change for change in first if change.created_at < before]
    if old:
        counter.forgotten_position = max(change.position or 0 for change in old)
        counter.save(update_fields=["forgotten_position"])
        # All before it: a younger one among them was read by then too.
        known.filter(position__lte=counter.forgotten_position).delete()
    return len(old)
