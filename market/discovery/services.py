"""Writes of what finding rests on: the numbers that lists are sorted by."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from market.discovery import tasks, trends
from market.discovery.models import SalesDay, ViewBatch, ViewsDay
from market.discovery.selectors.lists import WHOLE_SITE
from market.discovery.selectors.viewed import VIEWS_KEPT_DAYS
from market.items.models import Item, ItemListing, ItemStats
from market.items.services.changes import note_changes
from market.purchases.models import Purchase, SaleEvent
from market.tenancy.registry import marketplace_by_id, marketplaces

BATCH = 500
VIEW_BATCHES = 20
# Millions of rows a day at most; the job runs every five minutes.
VIEWS_FORGOTTEN = 10_000


def roll_up_sales() -> int:
    """Add the sales since the last time to the counters; returns how many there were.

    Each event is counted in the transaction that deletes it: never twice, never lost.
    """
    counted = 0
    while batch := _roll_up_batch():
        counted += batch
    _refresh_trending()
    _forget_old_days()
    return counted


@transaction.atomic
def _roll_up_batch() -> int:
    # The lock makes a second job wait here, and then it finds these events gone.
    events = list(SaleEvent.objects.select_for_update().order_by("pk")[:BATCH])
    # What was undone after it was counted is an event of −1.
    sold, days = Counter[int](), Counter[tuple[int, date]]()
    for event in events:
        sold[event.item_id] += event.delta
        days[event.item_id, _day(event.sold_at)] += event.delta
    _lock_stats(sold)
    for (item_id, day), sales in sorted(days.items()):
        row, _ = SalesDay.objects.get_or_create(item_id=item_id, day=day)
        _add_sales(SalesDay.objects.filter(pk=row.pk), sales)
    trending = _trends(sold)
    for item_id, sales in sorted(sold.items()):  # in id order: two writers meet no deadlock
        _add_sales(ItemStats.objects.filter(pk=item_id), sales)
        _add_sales(ItemListing.objects.filter(item_id=item_id), sales)
        _set_trending(item_id, trending[item_id])
    note_changes(sold)
    SaleEvent.objects.filter(pk__in=[event.pk for event in events]).delete()
    return len(events)


def _add_sales(rows: QuerySet[Any], sales: int) -> None:
    """Never below 0: what was counted long ago may be forgotten already."""
    if sales < 0:
        rows.filter(sales__lt=-sales).update(sales=-sales)
    rows.update(sales=F("sales") + sales)


@transaction.atomic
def replay_sales(*, item_ids: Collection[int]) -> None:
    """Make the days' sales and the trend of items what their purchases say. Safe to repeat.

    For what was reversed or lost since it was counted. Sales that still wait to be rolled up are
    left to that. The total of all sales is not touched.
    """
    _lock_stats(item_ids)
    since = timezone.now() - timedelta(days=trends.KEPT_DAYS)
    waits = SaleEvent.objects.filter(purchase=OuterRef("pk"), delta__gt=0)
    # Counted already, and to be taken off by the next roll-up.
    leaves = SaleEvent.objects.filter(purchase=OuterRef("pk"), delta__lt=0)
    # One statement: a purchase and its event are seen together or not at all.
    sold = (
        Purchase.objects.filter(
            Q(~Exists(waits), reversed_at=None) | Exists(leaves),
            item_id__in=item_ids,
            bought_at__gte=since,
            total_cents__gt=0,
        )
        .order_by()
        .values_list("item_id", TruncDate("bought_at", tzinfo=UTC))
        .annotate(sales=Count("pk"))
    )
    rows = [SalesDay(item_id=item, day=day, sales=sales) for item, day, sales in sold]
    SalesDay.objects.filter(item_id__in=item_ids).delete()
    SalesDay.objects.bulk_create(rows)
    for item_id, trend in sorted(_trends(item_ids).items()):
        _set_trending(item_id, trend)
    note_changes(item_ids)


def _lock_stats(item_ids: Iterable[int]) -> None:
    """Whoever counts an item's sales holds its counters: rolling up and replaying take turns."""
    wanted = sorted(item_ids)
    for item_id in wanted:
        ItemStats.objects.get_or_create(item_id=item_id)
    list(ItemStats.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))


def _refresh_trending() -> None:
    """What was sold earlier trends less; looked at once a day an item."""
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for marketplace in marketplaces():
        trending = ItemListing.objects.filter(
            site_id=marketplace.id, node_id=WHOLE_SITE, trending__gt=0
        ).values_list("item_id", flat=True)
        stale = ItemStats.objects.filter(pk__in=trending, rolled_up_at__lt=midnight)
        ids = list(stale.order_by("pk").values_list("pk", flat=True)[:BATCH])
        for item_id, trend in _trends(ids).items():
            _let_trend(item_id, trend)


def roll_up_views() -> int:
    """Add what processes have counted to the days; returns how many batches there were.

    Each batch is counted in the transaction that deletes it: never twice.
    """
    counted = 0
    while batches := _roll_up_view_batches():
        counted += batches
    _forget_old_views()
    return counted


@transaction.atomic
def _roll_up_view_batches() -> int:
    # The lock makes a second job wait here, and then it finds these batches gone.
    batches = list(ViewBatch.objects.select_for_update().order_by("pk")[:VIEW_BATCHES])
    by_day: dict[date, Counter[int]] = {}
    for batch in batches:
        counts = by_day.setdefault(_day(batch.counted_at), Counter())
        counts.update({int(item): views for item, views in batch.counts.items()})
    for day, counts in sorted(by_day.items()):
        _add_views(day, counts)
    ViewBatch.objects.filter(pk__in=[batch.pk for batch in batches]).delete()
    return len(batches)


def _add_views(day: date, counts: Counter[int]) -> None:
    items = sorted(counts)
    for at in range(0, len(items), BATCH):
        some = items[at : at + BATCH]
        rows = {row.item_id: row for row in ViewsDay.objects.filter(day=day, item_id__in=some)}
        for row in rows.values():
            row.views += counts[row.item_id]
        ViewsDay.objects.bulk_update(rows.values(), ["views"])
        ViewsDay.objects.bulk_create(
            ViewsDay(item_id=item, day=day, views=counts[item]) for item in some if item not in rows
        )


def _forget_old_views() -> None:
    before = _day(timezone.now()) - timedelta(days=VIEWS_KEPT_DAYS)
    old = ViewsDay.objects.filter(day__lt=before).order_by("day")
    ids = list(old.values_list("pk", flat=True)[:VIEWS_FORGOTTEN])
    ViewsDay.objects.filter(pk__in=ids).delete()


def _forget_old_days() -> None:
    before = _day(timezone.now()) - timedelta(days=trends.KEPT_DAYS)
    old = SalesDay.objects.filter(day__lt=before).order_by("day")
    SalesDay.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).delete()


@transaction.atomic
def _let_trend(item_id: int, trending: int) -> None:
    _set_trending(item_id, trending)
    note_changes([item_id])


def _set_trending(item_id: int, trending: int) -> None:
    ItemStats.objects.filter(pk=item_id).update(trending=trending, rolled_up_at=timezone.now())
    ItemListing.objects.filter(item_id=item_id).update(trending=trending)


def _trends(item_ids: Collection[int]) -> dict[int, int]:
    """How much each item trends today, by one query."""
    today = _day(timezone.now())
    since = today - timedelta(days=trends.COUNTED_DAYS)
    days: dict[int, dict[date, int]] = {item_id: {} for item_id in item_ids}
    for row in SalesDay.objects.filter(item_id__in=days, day__gt=since):
        days[row.item_id][row.day] = row.sales
    return {item_id: trends.score(sales, today) for item_id, sales in days.items()}


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


@transaction.atomic
def set_ratings(*, item_id: int, by_stars: Sequence[int]) -> None:
    """Keep what buyers think of an item where pages and lists read it. Safe to repeat.

    `by_stars` counts the ratings of 1, 2, … 5 stars.
    """
    rating_count = sum(by_stars)
    rating_sum = sum(stars * count for stars, count in enumerate(by_stars, start=1))
    counts = {f"stars_{stars}": count for stars, count in enumerate(by_stars, start=1)}
    ItemStats.objects.update_or_create(
        item_id=item_id,
        defaults={"rating_sum": rating_sum, "rating_count": rating_count, **counts},
    )
    site_id = Item.objects.values_list("site_id", flat=True).get(pk=item_id)
    rating = marketplace_by_id(site_id).search.rated_hundredths(
        stars=rating_sum, ratings=rating_count
    )
    ItemListing.objects.filter(item_id=item_id).update(rating=rating)
    note_changes([item_id])
    tasks.purge_item_page.enqueue(item_id=item_id)
