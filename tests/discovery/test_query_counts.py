"""The work of a page does not grow with what it shows: exact counts, at 1 item and at 100."""

import pytest

from market.community.models import Rating
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


@pytest.mark.parametrize(("status", "queries"), [("paused", 10), ("suspended", 6)])
@pytest.mark.parametrize("others", [1, 100])
def test_what_is_off_sale_asks_as_often(
    painter, status, queries, others, django_assert_num_queries
):
    item = factories.make_item(author=painter, status=status)
    for _ in range(others):
        factories.make_item(author=painter)

    with django_assert_num_queries(queries):
        host_client("graphics").get(f"/items/{item.slug}/{item.pk}/")


@pytest.mark.parametrize("ratings", [1, 100])
def test_an_item_page_asks_eleven_times(painter, ratings, django_assert_num_queries):
    item = factories.make_item(author=painter)
    for _ in range(ratings):
        factories.make_item(author=painter)
        factories.make_item()
        purchase = factories.make_purchase(buyer=factories.make_user(), item=item)
        Rating.objects.create(purchase=purchase, item=item, buyer=purchase.buyer, stars=4)

    with django_assert_num_queries(11):
        response = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/")

    assert response.status_code == 200
