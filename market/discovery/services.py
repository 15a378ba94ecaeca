"""Writes of what finding rests on: words, and the numbers that lists are sorted by."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from market.discovery.models import SearchWord
from market.discovery.selectors.lists import WHOLE_SITE
from market.discovery.words import words_of
from market.items.models import Item, ItemListing, ItemStats
from market.purchases.models import Purchase, SaleEvent
from market.tenancy.registry import marketplaces

BATCH = 500
TRENDING_DAYS = 14


@transaction.atomic
def index_item(*, item_id: int) -> None:
    """Make the words of an item's name findable; an item that is off sale has none.

    Repeating a call changes nothing. The item's row is locked, so that of two jobs the later
    one writes what is true now.
    """
    item = Item.objects.select_for_update().filter(pk=item_id).first()
    wanted = set(words_of(item.name)) if item and item.is_for_sale else set()
    indexed = SearchWord.objects.filter(item_id=item_id)
    kept = set(indexed.values_list("word", flat=True))
    indexed.filter(word__in=kept - wanted).delete()
    if item:
        SearchWord.objects.bulk_create(
            SearchWord(site_id=item.site_id, word=word, item=item) for word in sorted(wanted - kept)
        )


def roll_up_sales() -> int:
    """Add the sales since the last time to the counters; returns how many there were.

    Each event is counted in the transaction that deletes it: never twice, never lost.
    """
    counted = 0
    while batch := _roll_up_batch():
        counted += batch
    _refresh_trending()
    return counted


@transaction.atomic
def _roll_up_batch() -> int:
    # The lock makes a second job wait here, and then it finds these events gone.
    events = list(SaleEvent.objects.select_for_update().order_by("pk")[:BATCH])
    sold = Counter(event.item_id for event in events)
    trends = _recent_sales(list(sold))
    now = timezone.now()
    for item_id, sales in sorted(sold.items()):  # in id order: two writers meet no deadlock
        ItemStats.objects.get_or_create(item_id=item_id)
        ItemStats.objects.filter(pk=item_id).update(
            sales=F("sales") + sales, trending=trends[item_id], rolled_up_at=now
        )
        ItemListing.objects.filter(item_id=item_id).update(
            sales=F("sales") + sales, trending=trends[item_id]
        )
    SaleEvent.objects.filter(pk__in=[event.pk for event in events]).delete()
    return len(events)


def _refresh_trending() -> None:
    """What was sold two weeks ago trends no more; looked at once a day an item."""
    before = timezone.now() - timedelta(days=1)
    for marketplace in marketplaces():
        trending = ItemListing.objects.filter(
            site_id=marketplace.id, node_id=WHOLE_SITE, trending__gt=0
        ).values_list("item_id", flat=True)
        stale = ItemStats.objects.filter(pk__in=trending, rolled_up_at__lt=before)
        ids = list(stale.order_by("pk").values_list("pk", flat=True)[:BATCH])
        trends = _recent_sales(ids)
        for item_id in ids:
            _set_trending(item_id, trends[item_id])


@transaction.atomic
def _set_trending(item_id: int, trending: int) -> None:
    ItemStats.objects.filter(pk=item_id).update(trending=trending, rolled_up_at=timezone.now())
    ItemListing.objects.filter(item_id=item_id).update(trending=trending)


def _recent_sales(item_ids: list[int]) -> dict[int, int]:
    since = timezone.now() - timedelta(days=TRENDING_DAYS)
    rows = (
        Purchase.objects.filter(item_id__in=item_ids, bought_at__gte=since, reversed_at=None)
        .order_by()
        .values_list("item_id")
        .annotate(sold=Count("pk"))
    )
    return dict.fromkeys(item_ids, 0) | dict(rows)


@transaction.atomic
def set_rating(*, item_id: int, rating_sum: int, rating_count: int) -> None:
    """Keep what buyers think of an item where pages and lists read it. Safe to repeat."""
    ItemStats.objects.update_or_create(
        item_id=item_id, defaults={"rating_sum": rating_sum, "rating_count": rating_count}
    )
    mean = round(100 * rating_sum / rating_count) if rating_count else 0
    ItemListing.objects.filter(item_id=item_id).update(rating=mean)
