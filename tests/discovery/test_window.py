"""What staff put into the window, on the front page and where the item is shown."""

from datetime import timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from market.items.models import ItemListing
from tests import factories
from tests.conftest import host_client

DAY = timedelta(days=1)


@pytest.fixture
def site(sites):
    return host_client("graphics")


@pytest.fixture
def item(sites):
    return factories.make_item(name="Blue icons", price_cents=1900)


def usual(item):
    return f"${item.card['price_cents'] // 100}"


def test_the_free_item_on_the_front_page(site, item):
    factories.make_promotion(item=item)

    page = site.get("/")

    assertContains(page, "showcase-free")
    assertContains(page, "Free until")
    assertContains(page, "Get it for free")
    assertContains(page, usual(item))


@pytest.mark.parametrize(("starts_in", "ends_in"), [(DAY, 2 * DAY), (-2 * DAY, -DAY)])
def test_nothing_in_the_window_before_and_after(site, item, starts_in, ends_in):
    said = {"starts_in": starts_in, "ends_in": ends_in}
    factories.make_promotion(item=item, **said)
    factories.make_promotion(item=item, kind="featured_item", **said)
    factories.make_promotion(author=item.author, kind="featured_author", **said)

    page = site.get("/")

    for part in ("showcase-free", "showcase-author", "shelf-featured", "Free until"):
        assertNotContains(page, part)


def test_cards_and_the_items_page_say_free(site, item):
    paths = [f"/items/{item.slug}/{item.pk}/", "/category/icons/line/",
             f"/authors/{item.author.username}/"]  # fmt: skip
    for path in paths:
        assertNotContains(site.get(path), "price-usual")
    factories.make_promotion(item=item)

    for path in paths:
        page = site.get(path)
        assertContains(page, "price-usual")
        assertContains(page, "Free")
        assertContains(page, usual(item))


def test_the_other_licences_keep_their_price_on_the_items_page(site, item):
    factories.make_promotion(item=item)

    page = site.get(f"/items/{item.slug}/{item.pk}/")

    assertContains(page, "price-usual", count=1)
    assertContains(page, 'data-cents="0"', count=1)


def test_featured_items_and_their_badge(site, item):
    path = f"/items/{item.slug}/{item.pk}/"
    assertNotContains(site.get(path), "Featured")
    factories.make_promotion(item=item, kind="featured_item")

    assertContains(site.get("/"), "Picked by our staff")
    assertContains(site.get(path), "Featured")


def test_the_featured_author_with_his_items(site, item):
    factories.make_promotion(author=item.author, kind="featured_author")

    page = site.get("/")

    assertContains(page, "Featured author")
    assertContains(page, f"/authors/{item.author.username}/")


def test_what_went_off_sale_is_not_in_the_window(site, item):
    factories.make_promotion(item=item)
    factories.make_promotion(item=item, kind="featured_item")
    factories.make_promotion(author=item.author, kind="featured_author")
    item.status = "paused"
    item.save(update_fields=["status"])

    page = site.get("/")

    for part in ("showcase-free", "showcase-author", "shelf-featured"):
        assertNotContains(page, part)


def test_another_marketplaces_window_is_its_own(client_for, item):
    factories.make_promotion(item=item)

    assertNotContains(client_for("photos").get("/"), "showcase-free")


@pytest.mark.parametrize("items", [1, 100])
def test_a_full_window_costs_one_query_more_than_an_empty_one(
    site, item, items, django_assert_num_queries
):
    for _ in range(items):
        factories.make_item(author=item.author)
    with django_assert_num_queries(8):
        site.get("/")
    factories.make_promotion(item=item)
    for _ in range(4):
        factories.make_promotion(item=factories.make_item(), kind="featured_item")
    factories.make_promotion(author=item.author, kind="featured_author")

    with django_assert_num_queries(9):
        page = site.get("/")

    assertContains(page, "showcase-author")


def test_what_trends_is_a_shelf_if_something_else_sells_best(site):
    items = [factories.make_item(name=f"Thing {number}") for number in range(40)]
    for rank, item in enumerate(items):
        rows = ItemListing.objects.filter(item=item)
        rows.update(sales=rank + 1, trending=rank + 1)
    assertNotContains(site.get("/"), "Trending now")

    ItemListing.objects.filter(item=items[0]).update(trending=99)

    assertContains(site.get("/"), "Trending now")
