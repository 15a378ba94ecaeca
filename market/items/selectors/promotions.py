"""Which promotions run, and what is free: asked when a page is drawn and when an order is placed.

Nothing is copied onto items or cards when a promotion begins or ends: no job can be late, and no
change of price overwrites it. A look-up costs one index dive an item.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.utils import timezone

from market.core.pagination import Page, decode_cursor, encode_cursor
from market.items.models import Item, Promotion
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplace_by_id, marketplaces

PAST_PAGE = 30
Moment = datetime | Combinable


def in_force(at: Moment | None = None) -> Q:
    """Promotions that run at a moment (now): from their start to just before their end."""
    moment = at or timezone.now()
    return Q(starts_at__lte=moment, ends_at__gt=moment) & (
        Q(ended_at__isnull=True) | Q(ended_at__gt=moment)
    )


def with_free(items: QuerySet[Item], at: Moment | None = None) -> QuerySet[Item]:
    """The same items, each with `free_until` and `free_promotion_id`; None if it is not free."""
    free = Promotion.objects.filter(
        in_force(at), item=OuterRef("pk"), kind=Promotion.Kind.FREE_ITEM
    ).order_by("ends_at", "pk")
    return items.annotate(  # type: ignore[no-redef]  # Item says that it may have them
        free_until=Subquery(free.values("ends_at")[:1]),
        free_promotion_id=Subquery(free.values("pk")[:1]),
    )


def with_featured(items: QuerySet[Item], at: Moment | None = None) -> QuerySet[Item]:
    """The same items, each with `is_featured`."""
    featured = Promotion.objects.filter(
        in_force(at), item=OuterRef("pk"), kind=Promotion.Kind.FEATURED_ITEM
    )
    return items.annotate(is_featured=Exists(featured))  # type: ignore[no-redef]  # as above


def is_free(item: Item, licence_code: str) -> bool:
    """Whether a licence of an item (one of `with_free`) costs nothing: the default one alone."""
    if item.free_until is None:
        return False
    top = item.category.path.split("/")[0]
    return marketplace_by_id(item.site_id).default_licence(top).code == licence_code


def running(site_id: int, at: datetime | None = None) -> list[Promotion]:
    """What stands in a marketplace's window, what started last first. One query."""
    found = Promotion.objects.filter(in_force(at), site_id=site_id)
    return list(found.select_related("author__profile").order_by("-starts_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Calendar:
    """All marketplaces' promotions, or one's: what runs and what is planned, and a page of past."""

    running: Sequence[Promotion]
    planned: Sequence[Promotion]
    past: Page[Promotion]
    counts: Mapping[int, int]  # running and planned, by marketplace


def calendar(site: Marketplace | None, cursor: str = "") -> Calendar:
    """Two queries. Raises BadCursor."""
    now = timezone.now()
    rows = Promotion.objects.select_related("item", "author", "made_by", "ended_by")
    is_ahead = Q(ends_at__gt=now, ended_at__isnull=True)
    counts = {one.id: 0 for one in marketplaces()}
    # By marketplace, as the index is: what is past need not be read.
    ahead = list(rows.filter(is_ahead, site_id__in=counts).order_by("starts_at", "pk"))
    for one in ahead:
        counts[one.site_id] = counts.get(one.site_id, 0) + 1
    shown = [one for one in ahead if site is None or one.site_id == site.id]
    return Calendar(
        running=[one for one in shown if one.starts_at <= now],
        planned=[one for one in shown if one.starts_at > now],
        past=_past(rows.exclude(is_ahead), site, cursor),
        counts=counts,
    )


def _past(rows: QuerySet[Promotion], site: Marketplace | None, cursor: str) -> Page[Promotion]:
    if site is not None:
        rows = rows.filter(site_id=site.id)
    if cursor:
        (before,) = decode_cursor(cursor, int)
        rows = rows.filter(pk__lt=min(int(before), 2**62))
    found = list(rows.order_by("-pk")[: PAST_PAGE + 1])
    more = len(found) > PAST_PAGE
    return Page(found[:PAST_PAGE], encode_cursor(found[PAST_PAGE - 1].pk) if more else None)


def item_named(text: str, site: Marketplace) -> Item | None:
    """An item of a marketplace, by its number or the address of its page."""
    number = re.search(r"(?:^|/)([0-9]{1,18})/?$", text.strip().split("?")[0].split("#")[0])
    if number is None:
        return None
    return Item.objects.filter(pk=int(number[1]), site_id=site.id).first()


def promotion_of(promotion_id: int) -> Promotion | None:
    rows = Promotion.objects.select_related("item", "author", "made_by", "ended_by")
    return rows.filter(pk=promotion_id).first()
