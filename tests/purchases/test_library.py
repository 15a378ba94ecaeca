from datetime import timedelta

import pytest
from django.utils import timezone

from market.purchases.models import Purchase
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for, buyer):
    return client_for("account", buyer)


def see(browser, query=""):
    return browser.get(f"/library/{query}").content.decode()


def test_it_shows_what_was_bought_and_where_to_get_it(browser, buyer, item):
    purchase = factories.make_purchase(buyer=buyer, item=item)
    file = item.live_version.files.get()

    page = see(browser)

    assert "Blue icons" in page
    assert "Standard licence" in page
    assert str(purchase.code) in page
    assert f"/library/{purchase.code}/files/{file.pk}/" in page
    assert f"http://graphics.localhost/items/{item.slug}/{item.pk}/" in page


def test_it_shows_nothing_of_others(browser, item):
    factories.make_purchase(buyer=factories.make_user(), item=item)

    page = see(browser)

    assert "Blue icons" not in page
    assert "Nothing here yet" in page


def test_what_was_refunded_has_no_files(browser, buyer, item):
    purchase = factories.make_purchase(buyer=buyer, item=item)
    Purchase.objects.update(reversed_at=timezone.now())

    page = see(browser)

    assert "Refunded" in page
    assert f"{purchase.code}/files" not in page


@pytest.mark.parametrize("status", ["retired", "paused", "suspended"])
def test_what_left_the_market_keeps_its_files(browser, buyer, item, status):
    purchase = factories.make_purchase(buyer=buyer, item=item)
    type(item).objects.filter(pk=item.pk).update(status=status)

    assert f"{purchase.code}/files" in see(browser)


def test_it_is_searched_by_the_beginning_of_the_name(browser, buyer, item):
    factories.make_purchase(buyer=buyer, item=item)
    factories.make_purchase(buyer=buyer, item=factories.make_item(name="Red icons"))

    page = see(browser, "?q=blue")

    assert "Blue icons" in page
    assert "Red icons" not in page
    assert "begins with" in see(browser, "?q=%25")


def test_pages_go_on_where_the_last_one_ended(browser, buyer):
    items = [factories.make_item(name=f"Number {n:02}") for n in range(21)]
    for item in items:
        factories.make_purchase(buyer=buyer, item=item)

    first = see(browser)
    after = first.split("?after=")[1].split('"')[0]
    second = see(browser, f"?after={after}")

    assert "Number 20" in first
    assert "Number 00" not in first
    assert "Number 00" in second
    assert "?after=" not in second


@pytest.mark.parametrize("query", ["?after=x", "?after=%00", "?after=WyJ4Il0", f"?q={'x' * 101}"])
def test_a_forged_address_is_not_found(browser, query):
    assert browser.get(f"/library/{query}").status_code == 404


def test_a_visitor_signs_in_first(sites, client_for):
    assert client_for("account").get("/library/").status_code == 302


def test_newest_first(browser, buyer):
    for name in ("First", "Second"):
        factories.make_purchase(buyer=buyer, item=factories.make_item(name=name))
    Purchase.objects.filter(item__name="First").update(bought_at=timezone.now() - timedelta(days=1))

    page = see(browser)

    assert page.index("Second") < page.index("First")
