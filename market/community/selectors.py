"""What buyers say."""

from dataclasses import dataclass
from functools import cache

from django.db.models import Count, QuerySet

from market.community.models import Rating
from market.core.db.statements import Given, Statement
from market.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from market.items.models import ItemStats

PAGE_SIZE = 10
_SHOWN = ("item_id", "stars", "reason", "text", "reply", "created_at", "buyer__username")


@dataclass(frozen=True, slots=True)
class RatingTotals:
    """`by_stars` counts those of 1, 2, … 5 stars."""

    by_stars: tuple[int, ...]

    @property
    def rating_sum(self) -> int:
        return sum(stars * count for stars, count in enumerate(self.by_stars, start=1))

    @property
    def rating_count(self) -> int:
        return sum(self.by_stars)


def item_ratings(
    item_id: int, cursor: str = "", size: int = PAGE_SIZE, stars: int = 0
) -> Page[Rating]:
    """Ratings of an item that count, newest first. Raises BadCursor. One query.

    `stars` from 1 to 5 narrows them down to those with so many.
    """
    if stars or cursor:
        found = list(_narrowed(item_id, cursor, stars)[: size + 1])
    else:
        found = _newest_statement(size + 1).rows(item=item_id)
    shown = found[:size]
    more = encode_cursor(shown[-1].pk) if len(found) > size else None
    return Page(rows=shown, next_cursor=more)


def _that_count(item_id: int | Given) -> QuerySet[Rating]:
    rows = Rating.objects.filter(item_id=item_id, purchase__reversed_at=None)
    return rows.select_related("buyer").only(*_SHOWN).order_by("-pk")


@cache
def _newest_statement(size: int) -> Statement[Rating]:
    """What nearly every page of an item asks."""
    return Statement(lambda: _that_count(Given("item"))[:size])


def _narrowed(item_id: int, cursor: str, stars: int) -> QuerySet[Rating]:
    rows = _that_count(item_id)
    if stars:
        rows = rows.filter(stars=stars)
    if not cursor:
        return rows
    (last,) = decode_cursor(cursor, int)
    if not 0 <= int(last) < 2**62:
        raise BadCursor(cursor)
    return rows.filter(pk__lt=last)


def rating_totals(item_id: int) -> RatingTotals:
    """How many gave how many stars, of purchases that were not reversed. For jobs: it counts."""
    rows = Rating.objects.filter(item_id=item_id, purchase__reversed_at=None)
    counted = dict(rows.order_by().values_list("stars").annotate(count=Count("pk")))
    return RatingTotals(by_stars=tuple(counted.get(stars, 0) for stars in range(1, 6)))


def rated_items(*, after: int = 0, size: int = 500) -> list[int]:
    """Ids of items that have ratings, rising, from behind `after` on."""
    rated = ItemStats.objects.filter(pk__gt=after, rating_count__gt=0).order_by("pk")
    return list(rated.values_list("pk", flat=True)[:size])
