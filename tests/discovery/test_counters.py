"""Sales and ratings in the numbers that pages show and lists are sorted by."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from market.discovery.models import SalesDay
from market.discovery.selectors.lists import FIRST, listing
from market.discovery.services import replay_sales, roll_up_sales, set_ratings
from market.discovery.trends import score
from market.items.models import ItemListing, ItemStats
from market.purchases.models import Purchase, SaleEvent
from market.tenancy.definitions.enums import Sort
from tests import factories


@pytest.fixture
def item(sites):
    return factories.make_item()


def sell(item, times=1):
    for _ in range(times):
        purchase = factories.make_purchase(buyer=factories.make_user(), item=item)
        SaleEvent.objects.create(purchase=purchase, item=item)


def test_each_sale_is_counted_once(item):
    sell(item, times=3)

    assert roll_up_sales() == 3
    assert roll_up_sales() == 0
    sell(item)
    assert roll_up_sales() == 1

    stats = ItemStats.objects.get(pk=item.pk)
    assert (stats.sales, stats.trending) == (4, 400)
    assert set(ItemListing.objects.filter(item=item).values_list("sales", "trending")) == {(4, 400)}
    assert not SaleEvent.objects.exists()


def test_other_items_keep_their_numbers(item):
    other = factories.make_item()
    sell(item)

    roll_up_sales()

    assert ItemStats.objects.get(pk=other.pk).sales == 0


def test_what_no_longer_sells_trends_no_more(item):
    sell(item, times=2)
    roll_up_sales()
    trends = []
    for days in (7, 14, 60):
        a_day_passes(days=days)
        roll_up_sales()
        trends.append(ItemStats.objects.get(pk=item.pk).trending)

    assert trends == [100, 50, 0]
    assert ItemStats.objects.get(pk=item.pk).sales == 2
    assert set(ItemListing.objects.values_list("trending", flat=True)) == {0}


def a_day_passes(*, days):
    """The item's sales were so many days ago, and its trend was computed yesterday."""
    SalesDay.objects.update(day=timezone.now().date() - timedelta(days=days))
    ItemStats.objects.update(rolled_up_at=timezone.now() - timedelta(days=1))


def test_an_event_counts_for_the_day_of_the_sale(item):
    sell(item, times=2)
    week_ago = timezone.now() - timedelta(days=7)
    SaleEvent.objects.filter(pk=SaleEvent.objects.earliest("pk").pk).update(sold_at=week_ago)

    roll_up_sales()

    assert dict(SalesDay.objects.values_list("day", "sales")) == {
        week_ago.date(): 1, timezone.now().date(): 1,
    }  # fmt: skip
    assert ItemStats.objects.get(pk=item.pk).trending == 150


def test_replaying_the_purchases_tells_the_same(item):
    other = factories.make_item()
    sell(item, times=3)
    sell(other)
    Purchase.objects.filter(item=item).update(bought_at=timezone.now() - timedelta(days=3))
    SaleEvent.objects.filter(item=item).update(sold_at=timezone.now() - timedelta(days=3))
    roll_up_sales()
    rolled_up = days_and_trends()
    SalesDay.objects.all().delete()
    ItemStats.objects.update(trending=0)

    for _ in range(2):
        call_command("replay_sales", stdout=StringIO())

    assert days_and_trends() == rolled_up


def test_a_replay_leaves_to_the_roll_up_what_waits_for_it(item):
    sell(item)
    roll_up_sales()
    sell(item)

    replay_sales(item_ids=[item.pk])
    assert SalesDay.objects.get().sales == 1
    roll_up_sales()

    assert SalesDay.objects.get().sales == 2
    assert ItemStats.objects.get(pk=item.pk).sales == 2


def test_a_replay_forgets_what_was_reversed(item):
    sell(item, times=2)
    roll_up_sales()
    Purchase.objects.filter(pk=Purchase.objects.earliest("pk").pk).update(
        reversed_at=timezone.now()
    )

    replay_sales(item_ids=[item.pk])

    assert ItemStats.objects.get(pk=item.pk).trending == 100


def days_and_trends():
    return [
        list(SalesDay.objects.order_by("item", "day").values_list("item", "day", "sales")),
        list(ItemStats.objects.order_by("pk").values_list("pk", "trending")),
    ]


def test_old_days_are_forgotten(item):
    today = timezone.now().date()
    for days in (90, 91):
        SalesDay.objects.create(item=item, day=today - timedelta(days=days), sales=1)

    roll_up_sales()

    assert SalesDay.objects.get().day == today - timedelta(days=90)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [([], 0), ([0], 100), ([7], 50), ([0, 7, 14], 175), ([3], 74), ([55], 0), ([56], 0), ([-1], 0)],
)
def test_a_sale_weighs_half_a_week_later(ages, expected):
    today = date(2026, 3, 1)

    assert score({today - timedelta(days=age): 1 for age in ages}, today) == expected


def test_a_rating_is_kept_for_pages_and_lists(item):
    for _ in range(2):
        set_ratings(item_id=item.pk, by_stars=(0, 0, 0, 1, 2))

    stats = ItemStats.objects.get(pk=item.pk)
    assert (stats.rating_sum, stats.rating_count) == (14, 3)
    assert stats.by_stars == {5: 2, 4: 1, 3: 0, 2: 0, 1: 0}
    # (8 × 3.80 + 14) ÷ (8 + 3), in hundredths
    assert set(ItemListing.objects.values_list("rating", flat=True)) == {404}


def test_one_enthusiast_is_not_the_best_rated(item):
    many, disliked, unrated = (factories.make_item() for _ in range(3))
    set_ratings(item_id=item.pk, by_stars=(0, 0, 0, 0, 1))
    set_ratings(item_id=many.pk, by_stars=(0, 0, 0, 8, 12))
    set_ratings(item_id=disliked.pk, by_stars=(3, 0, 0, 0, 0))

    page = listing(site_id=item.site_id, node_id=0, sort=Sort.BEST_RATED, place=FIRST, size=10)

    assert [one.pk for one in page.rows] == [many.pk, item.pk, disliked.pk, unrated.pk]


def test_who_is_rated_no_more_is_as_unrated(item):
    set_ratings(item_id=item.pk, by_stars=(0, 0, 0, 0, 1))
    set_ratings(item_id=item.pk, by_stars=(0, 0, 0, 0, 0))

    assert set(ItemListing.objects.values_list("rating", flat=True)) == {0}
