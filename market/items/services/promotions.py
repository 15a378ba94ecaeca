"""What staff put into a marketplace's window, and take out again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from market.core.text import clean_line
from market.items import tasks
from market.items.errors import (
    AuthorNotAsked,
    NotASubject,
    NotPromoting,
    OwnPromotion,
    PeriodRefused,
    PromotionOver,
    WhyNeeded,
    WindowFull,
)
from market.items.models import Item, ItemListing, Promotion, PromotionCalendar
from market.items.selectors.promotions import in_force
from market.items.services.changes import note_changes
from market.tenancy.definitions.enums import FreeItems
from market.tenancy.registry import marketplace_by_id, marketplaces
from market.users.models import User

SCHEDULE = "items.schedule_promotions"
MAX_DAYS = 92
MAX_AHEAD_DAYS = 366
MAX_NOTE_CHARS = 500
# How many of a kind may run at one moment on one marketplace.
AT_ONCE = {
    Promotion.Kind.FREE_ITEM: 1,
    Promotion.Kind.FEATURED_AUTHOR: 1,
    Promotion.Kind.FEATURED_ITEM: 4,
}


@transaction.atomic
def schedule_item(
    *,
    item: Item,
    kind: str,
    staff: User,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    author_agreed: bool = False,
) -> Promotion:
    """Feature an item, or give its default licence away, for a period on its marketplace.

    A start that has passed means now. Giving away needs the author's consent, and a note that
    says where it was given. Raises a PromotionRefused.
    """
    if item.author_id == staff.pk:
        raise OwnPromotion
    if not item.is_for_sale:
        raise NotASubject("item")
    if kind == Promotion.Kind.FREE_ITEM:
        _check_consent(item, author_agreed, note)
    promotion = Promotion(
        site_id=item.site_id, kind=kind, item=item, starts_at=starts_at, ends_at=ends_at,
        author_agreed=author_agreed, note=_line(note), made_by=staff,
    )  # fmt: skip
    return _schedule(promotion, staff)


@transaction.atomic
def schedule_author(
    *,
    author: User,
    site_id: int,
    staff: User,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
) -> Promotion:
    """Feature an author who sells on a marketplace. Raises a PromotionRefused."""
    if author.pk == staff.pk:
        raise OwnPromotion
    on_sale = Item.objects.filter(author=author, status=Item.Status.APPROVED, site_id=site_id)
    if not author.is_active or not on_sale.exists():
        raise NotASubject("author")
    promotion = Promotion(
        site_id=site_id, kind=Promotion.Kind.FEATURED_AUTHOR, author=author,
        starts_at=starts_at, ends_at=ends_at, note=_line(note), made_by=staff,
    )  # fmt: skip
    return _schedule(promotion, staff)


@transaction.atomic
def end_early(*, promotion: Promotion, staff: User, reason: str) -> Promotion:
    """End what runs, or call off what is planned; who did and why stays. Raises PromotionRefused.

    Orders that were placed before keep their prices.
    """
    _check_staff(staff)
    why = _line(reason)
    if not why:
        raise WhyNeeded
    locked = Promotion.objects.select_for_update().get(pk=promotion.pk)
    now = timezone.now()
    if locked.ended_at is not None or locked.ends_at <= now:
        raise PromotionOver
    locked.ended_at, locked.ended_by, locked.ended_why = now, staff, why
    locked.save(update_fields=["ended_at", "ended_by", "ended_why"])
    tasks.purge_promotion.enqueue(promotion_id=locked.pk)
    return locked


def sort_by_todays_prices() -> int:
    """Put free items where nothing is asked in the lists by price, and past ones back.

    Returns how many were moved. It compares what is with what should be, so that a run that was
    missed is made up for by the next. Cards and prices themselves do not wait for it.
    """
    return sum(_sort_site(site.id) for site in marketplaces())


@transaction.atomic
def _sort_site(site_id: int) -> int:
    listed = ItemListing.objects.filter(site_id=site_id)
    free = Promotion.objects.filter(in_force(), site_id=site_id, kind=Promotion.Kind.FREE_ITEM)
    wanted = set(free.values_list("item_id", flat=True))
    shown = set(listed.filter(node_id=0, price_cents=0).values_list("item_id", flat=True))
    items = Item.objects.select_for_update().filter(pk__in=wanted ^ shown).order_by("pk")
    moved = 0
    for item in items:
        cents = 0 if item.pk in wanted else item.card["price_cents"]
        moved += bool(listed.filter(item=item).update(price_cents=cents))
    if moved:
        note_changes([item.pk for item in items])
    return moved


def _check_consent(item: Item, author_agreed: bool, note: str) -> None:
    if marketplace_by_id(item.site_id).pricing.free_items is not FreeItems.PROMOTION_ONLY:
        raise NotASubject("item")
    if not author_agreed or not _line(note):
        raise AuthorNotAsked


def _schedule(promotion: Promotion, staff: User) -> Promotion:
    _check_staff(staff)
    _check_period(promotion)
    # The lock makes two members of staff decide one after the other.
    PromotionCalendar.objects.select_for_update().get(pk=promotion.site_id)
    overlapping = list(
        Promotion.objects.filter(
            site_id=promotion.site_id,
            kind=promotion.kind,
            ended_at=None,
            ends_at__gt=promotion.starts_at,
            starts_at__lt=promotion.ends_at,
        )
    )
    subject = (promotion.item_id, promotion.author_id)
    is_there = any((one.item_id, one.author_id) == subject for one in overlapping)
    if is_there or len(overlapping) >= AT_ONCE[Promotion.Kind(promotion.kind)]:
        raise WindowFull
    promotion.save()
    for moment in (promotion.starts_at, promotion.ends_at):
        tasks.purge_promotion.using(run_after=moment).enqueue(promotion_id=promotion.pk)
    return promotion


def _check_staff(staff: User) -> None:
    if not staff.has_perm(SCHEDULE):
        raise NotPromoting


def _check_period(promotion: Promotion) -> None:
    now = timezone.now()
    promotion.starts_at = max(promotion.starts_at, now)
    length = promotion.ends_at - promotion.starts_at
    if not timedelta(0) < length <= timedelta(days=MAX_DAYS):
        raise PeriodRefused(MAX_DAYS)
    if promotion.starts_at > now + timedelta(days=MAX_AHEAD_DAYS):
        raise PeriodRefused(MAX_DAYS)


def _line(text: str) -> str:
    return clean_line(text)[:MAX_NOTE_CHARS]
