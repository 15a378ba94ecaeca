"""What buyers say."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from market.community.models import Rating
from market.core.pagination import BadCursor, Page, decode_cursor, encode_cursor

PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class RatingTotals:
    rating_sum: int
    rating_count: int


def item_ratings(item_id: int, cursor: str = "", size: int = PAGE_SIZE) -> Page[Rating]:
    """Ratings of an item that count, newest first. Raises BadCursor. One query."""
    rows = Rating.objects.filter(item_id=item_id, purchase__reversed_at=None)
    if cursor:
        (last,) = decode_cursor(cursor, int)
        if not 0 <= int(last) < 2**62:
            raise BadCursor(cursor)
        rows = rows.filter(pk__lt=last)
    found = list(rows.select_related("buyer").order_by("-pk")[: size + 1])
    shown = found[:size]
    more = encode_cursor(shown[-1].pk) if len(found) > size else None
    return Page(rows=shown, next_cursor=more)


def rating_totals(item_id: int) -> RatingTotals:
    """Sum and count of the ratings that count: those of purchases that were not reversed."""
    row = Rating.objects.filter(item_id=item_id, purchase__reversed_at=None).aggregate(
        total=Sum("stars"), count=Count("pk")
    )
    return RatingTotals(rating_sum=row["total"] or 0, rating_count=row["count"])
