"""Categories, sorting and pages."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from market.discovery.selectors.lists import ORDERS, WHOLE_SITE, Place, chosen_sort, listing
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
        page = listing(
            site_id=GRAPHICS, node_id=WHOLE_SITE, sort=sort, place=Place(after=cursor), size=2
        )
        seen += names(page)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor

    falling = [f"No {number}" for number in (6, 5, 4, 3, 2, 1, 0)]
    assert seen == (falling[::-1] if sort is Sort.PRICE_LOW else falling)


@pytest.mark.parametrize("sort", list(ORDERS))
def test_the_way_back_shows_the_same_pages(shelf, sort):
    def turn(place):
        return listing(site_id=GRAPHICS, node_id=WHOLE_SITE, sort=sort, place=place, size=3)

    first = turn(Place())
    second = turn(Place(after=first.next_cursor))
    third = turn(Place(after=second.next_cursor))
    back = turn(Place(before=third.previous_cursor))
    start = turn(Place(before=back.previous_cursor))

    assert (first.previous_cursor, third.next_cursor) == (None, None)
    assert names(back) == names(second)
    assert names(start) == names(first)
    assert start.previous_cursor is None
    assert names(turn(Place(after=back.next_cursor))) == names(third)


def test_a_way_back_that_is_too_short_is_the_first_page(shelf):
    def turn(place):
        return listing(site_id=GRAPHICS, node_id=WHOLE_SITE, sort=Sort.NEWEST, place=place, size=3)

    second = turn(Place(after=turn(Place()).next_cursor))
    ItemListing.objects.filter(item=shelf[6]).delete()

    back = turn(Place(before=second.previous_cursor))

    assert names(back) == ["No 5", "No 4", "No 3"]
    assert back.previous_cursor is None


def test_an_item_published_meanwhile_shifts_nothing(shelf):
    first = listing(site_id=GRAPHICS, node_id=WHOLE_SITE, sort=Sort.NEWEST, size=3)
    factories.make_item(author=shelf[0].author, name="Just now")

    second = listing(
        site_id=GRAPHICS,
        node_id=WHOLE_SITE,
        sort=Sort.NEWEST,
        place=Place(after=first.next_cursor),
        size=3,
    )

    assert names(first) == ["No 6", "No 5", "No 4"]
    assert names(second) == ["No 3", "No 2", "No 1"]


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "W10", "WzEsMl0", "WyJ4IiwxXQ", "[[[", "WzFlMzA4LDFd"]
)
def test_a_cursor_that_we_did_not_make_leads_to_the_first_page(shelf, cursor):
    for address in ("/category/icons/", "/search/"):
        for way in ("after", "before"):
            response = host_client("graphics").get(address, {way: cursor, "sort": "newest"})

            assert response.status_code == 302
            assert response["Location"] in (address, f"{address}?sort=newest")


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


def test_pages_say_what_comes_before_and_after_them(sites):
    author = factories.make_author()
    size = marketplace("graphics").search.page_size
    for number in range(2 * size + 1):
        factories.make_item(author=author, name=f"No {number}")
    client = host_client("graphics")

    first = client.get("/category/icons/?sort=newest").content.decode()
    [next_page] = re.findall(r'<link rel="next" href="([^"]+)"', first)
    second = client.get(html.unescape(next_page)).content.decode()
    [previous_page] = re.findall(r'<link rel="prev" href="([^"]+)"', second)
    back = client.get(html.unescape(previous_page)).content.decode()

    assert "noindex" not in first
    assert "noindex" in second
    assert cards_of(first) == cards_of(back)
    assert len(cards_of(first)) == len(cards_of(second)) == size
    assert '<link rel="prev"' not in back


def cards_of(page):
    return re.findall(r'class="card-name"><a href="([^"]+)"', page)


def test_an_empty_category_invites_authors_and_offers_a_way_on(sites):
    page = host_client("graphics").get("/category/icons/line/").content.decode()

    assert "Nothing here yet" in page
    assert 'href="/category/icons/"' in page
    assert "/become-author/" in page
