"""The states of items and their versions, and how one may follow another."""

from market.items.errors import WrongState
from market.items.models import Item, ItemEvent, ItemVersion
from market.users.models import User

S = Item.Status
# What the change is called in a refusal, and from which states it may happen.
ITEM_CHANGES: dict[str, tuple[str, frozenset[str]]] = {
    S.SUBMITTED: ("submitted", frozenset({S.DRAFT, S.SOFT_REJECTED})),
    S.IN_REVIEW: ("reviewed", frozenset({S.SUBMITTED})),
    S.SOFT_REJECTED: ("rejected", frozenset({S.SUBMITTED, S.IN_REVIEW})),
    S.HARD_REJECTED: ("rejected", frozenset({S.SUBMITTED, S.IN_REVIEW})),
    S.APPROVED: ("put on sale", frozenset({S.SUBMITTED, S.IN_REVIEW, S.PAUSED, S.SUSPENDED})),
    S.PAUSED: ("paused", frozenset({S.APPROVED})),
    S.SUSPENDED: ("suspended", frozenset({S.APPROVED, S.PAUSED})),
    S.RETIRED: ("retired", frozenset({S.APPROVED, S.PAUSED, S.SUSPENDED})),
}
V = ItemVersion.Status
VERSION_CHANGES: dict[str, tuple[str, frozenset[str]]] = {
    V.SUBMITTED: ("submitted", frozenset({V.DRAFT, V.SOFT_REJECTED})),
    V.IN_REVIEW: ("reviewed", frozenset({V.SUBMITTED})),
    V.SOFT_REJECTED: ("rejected", frozenset({V.SUBMITTED, V.IN_REVIEW})),
    V.HARD_REJECTED: ("rejected", frozenset({V.SUBMITTED, V.IN_REVIEW})),
    V.APPROVED: ("approved", frozenset({V.SUBMITTED, V.IN_REVIEW})),
}


def lock_item(item_id: int) -> Item:
    """The item's row, which owns every decision about its states and its versions'."""
    return Item.objects.select_for_update().get(pk=item_id)


def check_item_change(item: Item, to: str) -> None:
    """Raises WrongState."""
    word, allowed = ITEM_CHANGES[to]
    if item.status not in allowed:
        raise WrongState(word, item.status)


def change_item(item: Item, to: str, *, actor: User | None, reason: str = "") -> ItemEvent:
    """Move a locked item, and note it. Raises WrongState."""
    check_item_change(item, to)
    before, item.status = item.status, to
    item.save(update_fields=["status"])
    return ItemEvent.objects.create(
        item=item, actor=actor, from_status=before, to_status=to, reason=reason
    )


def change_version(
    version: ItemVersion, to: str, *, actor: User | None, reason: str = ""
) -> ItemEvent:
    """Move a version whose item is locked, and note it. Raises WrongState."""
    word, allowed = VERSION_CHANGES[to]
    if version.status not in allowed:
        raise WrongState(word, version.status)
    before, version.status = version.status, to
    version.save(update_fields=["status", "submitted_at", "approved_at"])
    return ItemEvent.objects.create(
        item_id=version.item_id,
        version=version,
        actor=actor,
        from_status=before,
        to_status=to,
        reason=reason,
    )
