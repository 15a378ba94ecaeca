"""Categories, sorting and pages."""

from datetime import UTC, datetime, timedelta

import pytest

from market.discovery.selectors.lists import ORDERS, WHOLE_SITE, chosen_sort, listing
from market.items.models import ItemListing, ItemStats
from market.tenancy.definitions.enums import Sort
from market.tenancy.registry import marketplace
from tests import factories
from tests.conftest import host_client

GRAPHICS = marketplace("graphics").id


def names(page):
    return [item.name for item in page.rows]


@pytest.fixture
def shelf(sites):
    """Seven items whose numbers go up together, two of them equal in all but their id."""
    author = factories.make_author()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    items = []
    for number in range(7):
        rank = min(number, 5)
        item = factories.make_item(
            author=author,
            name=f"No {number}",
            price_cents=1000 + 100 * rank,
            published_at=start + timedelta(days=rank),
        )
        ItemListing.objects.filter(item=item).update(
            sales=rank, rating=rank, trending=rank, updated_at=start + timedelta(days=rank)
        )
        ItemStats.objects.filter(item=item).update(sales=rank)
        items.append(item)
    return items


@pytest.mark.parametrize("sort", list(ORDERS))
def test_pages_follow_each_other_without_gap_or_repeat(shelf, sort):
    seen, cursor = [], ""
    while True:
        page = listing(site_id=GRAPHICS, node_id=WHOLE_SITE, sort=sort, cursor=cursor, size=2)
        seen += names(page)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor

    falling = [f"No {number}" for number in (6, 5, 4, 3, 2, 1, 0)]
    assert seen == (falling[::-1] if sort is Sort.PRICE_LOW else falling)


def test_an_item_published_meanwhile_shifts_nothing(shelf):
    first = listing(site_id=GRAPHICS, node_id=WHOLE_SITE, sort=Sort.NEWEST, size=3)
    factories.make_item(author=shelf[0].author, name="Just now")

    second = listing(
        site_id=GRAPHICS, node_id=WHOLE_SITE, sort=Sort.NEWEST, cursor=first.next_cursor, size=3
    )

    assert names(first) == ["No 6", "No 5", "No 4"]
    assert names(second) == ["No 3", "No 2", "No 1"]


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "W10", "WzEsMl0", "WyJ4IiwxXQ", "[[[", "WzFlMzA4LDFd"]
)
def test_a_cursor_that_we_did_not_make_leads_to_the_first_page(shelf, cursor):
    for address in ("/category/icons/", "/search/"):
        response = host_client("graphics").get(address, {"after": cursor, "sort": "newest"})

        assert response.status_code == 302
        assert response["Location"] == address


def test_an_unknown_sort_is_the_default(shelf):
    site = marketplace("graphics")

    assert chosen_sort(site, "'; drop table") is chosen_sort(site, "")
    assert host_client("graphics").get("/category/icons/?sort=nonsense").status_code == 200


def test_a_category_counts_what_is_in_it_and_its_parts(shelf):
    page = host_client("graphics").get("/category/icons/").content.decode()

    assert "<strong>7</strong>" in page
    assert 'href="/category/icons/line/"' in page


def test_items_of_another_marketplace_are_on_no_page(sites):
    factories.make_item(name="Graphic only")
    factories.make_item(site="photos", category="nature/flowers-and-plants", name="Photo only")

    for address in ("/", "/search/"):
        page = host_client("photos").get(address).content.decode()

        assert "Photo only" in page
        assert "Graphic only" not in page


def test_what_is_not_on_sale_is_in_no_list(sites):
    for status in ("draft", "paused", "suspended", "retired"):
        factories.make_item(name=f"Hidden {status}", status=status)

    for address in ("/", "/search/", "/category/icons/line/"):
        assert "Hidden" not in host_client("graphics").get(address).content.decode()


@pytest.mark.parametrize("path", ["icons/none", "none", "icons/line/deeper", "%00", "icons//line"])
def test_an_unknown_category_is_404(sites, path):
    assert host_client("graphics").get(f"/category/{path}/").status_code == 404


def test_an_empty_category_offers_a_way_on(sites):
    page = host_client("graphics").get("/category/icons/line/").content.decode()

    assert "Nothing here yet" in page
    assert 'href="/category/icons/"' in page
