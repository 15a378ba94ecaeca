"""What reviewers and staff decide."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from market.items import tasks
from market.items.errors import (
    NotAReviewer,
    OwnItemReview,
    PreviewsNotReady,
    ReasonNeeded,
    StaleReview,
)
from market.items.models import Item, ItemVersion
from market.items.selectors.drafts import previews_are_ready
from market.items.services import publishing
from market.items.services.history import change_item, change_version, lock_item
from market.users.models import User

REVIEW, SUSPEND = "items.review_items", "items.suspend_items"
MAX_REASON_CHARS = 5000


@transaction.atomic
def start_review(*, version: ItemVersion, reviewer: User) -> ItemVersion:
    """Say that somebody looks at it now. Raises ReviewRefused, WrongState."""
    item, locked = _lock(version, reviewer)
    change_version(locked, ItemVersion.Status.IN_REVIEW, actor=reviewer)
    if item.status == Item.Status.SUBMITTED:
        change_item(item, Item.Status.IN_REVIEW, actor=reviewer)
    return locked


@transaction.atomic
def approve(*, version: ItemVersion, reviewer: User, seen: datetime | None = None) -> ItemVersion:
    """Make the version the one that sells: card, lists and totals change with it or not at all.

    `seen` is the submission (`submitted_at`) that the reviewer had before them, if known: what
    was sent back and submitted again meanwhile is not approved by it.
    Raises ReviewRefused, WrongState.
    """
    item, locked = _lock(version, reviewer, seen)
    if not previews_are_ready(locked, item.category.path.split("/")[0], item.site_id):
        raise PreviewsNotReady
    locked.approved_at = timezone.now()
    event = change_version(locked, ItemVersion.Status.APPROVED, actor=reviewer)
    tasks.mail_decision.enqueue(event_id=event.pk)
    publishing.go_live(item, locked)
    # An update of a paused or suspended item goes live without putting it on sale.
    if item.status in (Item.Status.SUBMITTED, Item.Status.IN_REVIEW):
        change_item(item, Item.Status.APPROVED, actor=reviewer)
    if item.is_for_sale:
        publishing.put_in_lists(item)
    publishing.announce(item)
    return locked


@transaction.atomic
def reject(
    *,
    version: ItemVersion,
    reviewer: User,
    reason: str,
    hard: bool = False,
    seen: datetime | None = None,
) -> ItemVersion:
    """Softly: the author may change it and submit again. Hard: it may not return.

    A live version goes on selling whatever becomes of its update. `seen`: as for `approve`.
    Raises ReviewRefused, WrongState.
    """
    item, locked = _lock(version, reviewer, seen)
    words = _reason(reason)
    status = ItemVersion.Status.HARD_REJECTED if hard else ItemVersion.Status.SOFT_REJECTED
    event = change_version(locked, status, actor=reviewer, reason=words)
    tasks.mail_decision.enqueue(event_id=event.pk)
    if item.status in (Item.Status.SUBMITTED, Item.Status.IN_REVIEW):
        change_item(item, status, actor=reviewer, reason=words)
    return locked


@transaction.atomic
def suspend(*, item: Item, staff: User, reason: str) -> None:
    """Take it off sale, page included. Raises ReviewRefused, WrongState."""
    if not staff.has_perm(SUSPEND):
        raise NotAReviewer
    locked = lock_item(item.pk)
    event = change_item(locked, Item.Status.SUSPENDED, actor=staff, reason=_reason(reason))
    tasks.mail_decision.enqueue(event_id=event.pk)
    publishing.take_from_lists(locked)
    publishing.announce(locked)


@transaction.atomic
def reinstate(*, item: Item, staff: User, reason: str) -> None:
    """Put a suspended item on sale again. Raises ReviewRefused, WrongState."""
    if not staff.has_perm(SUSPEND):
        raise NotAReviewer
    locked = lock_item(item.pk)
    event = change_item(locked, Item.Status.APPROVED, actor=staff, reason=_reason(reason))
    tasks.mail_decision.enqueue(event_id=event.pk)
    publishing.put_in_lists(locked)
    publishing.announce(locked)


def _lock(
    version: ItemVersion, reviewer: User, seen: datetime | None = None
) -> tuple[Item, ItemVersion]:
    """The item's row, then the version as it is now."""
    if not reviewer.has_perm(REVIEW):
        raise NotAReviewer
    item = lock_item(version.item_id)
    if item.author_id == reviewer.pk:
        raise OwnItemReview
    locked = ItemVersion.objects.get(pk=version.pk)
    if seen is not None and locked.submitted_at != seen:
        raise StaleReview
    return item, locked


def _reason(text: str) -> str:
    cleaned = text.replace("\0", "").strip()[:MAX_REASON_CHARS]
    if not cleaned:
        raise ReasonNeeded
    return cleaned
