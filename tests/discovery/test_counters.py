"""Sales and ratings in the numbers that pages show and lists are sorted by."""

from datetime import timedelta

import pytest
from django.utils import timezone

from market.discovery.services import roll_up_sales, set_rating
from market.items.models import ItemListing, ItemStats
from market.purchases.models import Purchase, SaleEvent
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
    assert (stats.sales, stats.trending) == (4, 4)
    assert set(ItemListing.objects.filter(item=item).values_list("sales", "trending")) == {(4, 4)}
    assert not SaleEvent.objects.exists()


def test_other_items_keep_their_numbers(item):
    other = factories.make_item()
    sell(item)

    roll_up_sales()

    assert ItemStats.objects.get(pk=other.pk).sales == 0


def test_what_no_longer_sells_trends_no_more(item):
    sell(item, times=2)
    roll_up_sales()
    Purchase.objects.update(bought_at=timezone.now() - timedelta(days=30))
    ItemStats.objects.update(rolled_up_at=timezone.now() - timedelta(days=2))

    roll_up_sales()

    stats = ItemStats.objects.get(pk=item.pk)
    assert (stats.sales, stats.trending) == (2, 0)
    assert set(ItemListing.objects.values_list("trending", flat=True)) == {0}


def test_a_rating_is_kept_for_pages_and_lists(item):
    for _ in range(2):
        set_rating(item_id=item.pk, rating_sum=14, rating_count=3)

    stats = ItemStats.objects.get(pk=item.pk)
    assert (stats.rating_sum, stats.rating_count) == (14, 3)
    assert set(ItemListing.objects.values_list("rating", flat=True)) == {467}
