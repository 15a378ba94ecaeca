"""Which items changed since a position."""

from dataclasses import dataclass

from market.items.models import ChangeCounter, ItemChange


class ChangesForgotten(Exception):
    """So old a position is no longer known: changes behind it are pruned."""


@dataclass(frozen=True, slots=True)
class ChangedItems:
    """`position` is the one of the last of them, or the given one if there are none."""

    item_ids: frozenset[int]
    position: int


def changed_items(*, after: int, size: int = 500) -> ChangedItems:
    """The next changes behind a position, in order. Two queries. Raises ChangesForgotten."""
    forgotten = ChangeCounter.objects.values_list("forgotten_position", flat=True).first() or 0
    if after < forgotten:
        raise ChangesForgotten(f"{after}; known from {forgotten}")
    rows = list(
        ItemChange.objects.filter(position__gt=after)
        .order_by("position")
        .values_list("position", "item_id")[:size]
    )
    return ChangedItems(
        item_ids=frozenset(item_id for _, item_id in rows),
        position=rows[-1][0] or after if rows else after,
    )


def has_waiting_changes() -> bool:
    """Whether something is committed that has no position yet."""
    return ItemChange.objects.filter(position=None).exists()


def last_position() -> int:
    return ChangeCounter.objects.values_list("last_position", flat=True).first() or 0


def forgotten_position() -> int:
    return ChangeCounter.objects.values_list("forgotten_position", flat=True).first() or 0
