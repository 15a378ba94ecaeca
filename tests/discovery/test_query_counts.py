"""The work of a page does not grow with what it shows: exact counts, at 1 item and at 100."""

import pytest
from django.utils import timezone

from market.community.models import Rating
from market.items.models import ItemVersion
from tests import factories
from tests.conftest import host_client

PAGES = [
    ("/", 8),
    ("/category/icons/line/", 4),
    ("/category/icons/", 4),
    ("/search/?q=item", 1),
    ("/search/?q=item&category=icons", 1),
    ("/search/?q=unheard", 2),
    ("/search/", 4),
    ("/authors/painter/", 4),
]


@pytest.fixture
def painter(sites):
    return factories.make_author(username="painter")


@pytest.mark.parametrize("items", [1, 100])
def test_lists_ask_as_often_for_one_item_as_for_a_hundred(
    painter, items, django_assert_num_queries
):
    for number in range(items):
        factories.make_item(author=painter, name=f"Item {number}")
    factories.index()
    client = host_client("graphics")

    for address, queries in PAGES:
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


# With a hundred beside it, its own shelf fills what stands beside it: the one around is not asked.
@pytest.mark.parametrize(("status", "queries"), [("paused", 9), ("suspended", 6)])
@pytest.mark.parametrize(("others", "fewer"), [(1, 0), (100, 1)])
def test_what_is_off_sale_asks_as_often(
    painter, status, queries, others, fewer, django_assert_num_queries
):
    item = factories.make_item(author=painter, status=status)
    for _ in range(others):
        factories.make_item(author=painter)

    with django_assert_num_queries(queries - fewer):
        host_client("graphics").get(f"/items/{item.slug}/{item.pk}/")


@pytest.mark.parametrize(("ratings", "queries"), [(1, 9), (100, 8)])
def test_an_item_page_asks_nine_times(painter, ratings, queries, django_assert_num_queries):
    item = factories.make_item(author=painter)
    for _ in range(ratings):
        factories.make_item(author=painter)
        factories.make_item()
        purchase = factories.make_purchase(buyer=factories.make_user(), item=item)
        Rating.objects.create(purchase=purchase, item=item, buyer=purchase.buyer, stars=4)

    with django_assert_num_queries(queries):
        response = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/")

    assert response.status_code == 200


def test_an_item_page_asks_no_shelf_for_what_search_finds(painter, django_assert_num_queries):
    item = factories.make_item(author=painter)
    for _ in range(4):
        factories.make_item()
    factories.index()

    with django_assert_num_queries(7):
        host_client("graphics").get(f"/items/{item.slug}/{item.pk}/")


def test_an_item_with_several_versions_asks_once_more(painter, django_assert_num_queries):
    item = factories.make_item(author=painter)
    item.live_version = ItemVersion.objects.create(
        item=item, number=2, status=ItemVersion.Status.APPROVED, approved_at=timezone.now()
    )
    item.save(update_fields=["live_version"])

    with django_assert_num_queries(9):  # nothing beside it: no cards to read
        host_client("graphics").get(f"/items/{item.slug}/{item.pk}/")
