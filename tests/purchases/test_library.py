import csv
import re
from copy import copy
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models.base import ModelState
from django.utils import timezone
from django.utils.html import escape

from market.core.locales import moment
from market.purchases.models import Download, Order, OrderLine, Purchase
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


def names(page):
    """The items shown, in order."""
    return re.findall(r'class="row-name"><a [^>]*>([^<]*)</a>', page)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("blue", ["Blue icons"]),
        ("icons", ["Red icons", "Blue icons"]),
        ("icons red", ["Red icons"]),
        ("lue", []),
        ("%25", []),
        ("_", []),
        ("b%5C", []),
    ],
)
def test_it_is_searched_by_the_beginnings_of_words(browser, buyer, item, words, found):
    factories.make_purchase(buyer=buyer, item=item)
    factories.make_purchase(buyer=buyer, item=factories.make_item(name="Red icons"))

    page = see(browser, f"?q={words}")

    assert names(page) == found
    assert ("Nothing found" in page) == (not found)


@pytest.mark.parametrize(
    "name", ["مجموعة أيقونات", "日本語のアイコン", "👩‍👩‍👧 Icons", "x" * 100, "<b>&"]
)
def test_any_name_is_shown_and_found(browser, buyer, name):
    factories.make_purchase(buyer=buyer, item=factories.make_item(name=name))

    page = browser.get("/library/", {"q": name.split()[0]}).content.decode()

    assert escape(name) in page
    assert '<bdi class="row-name">' in page


def test_it_is_narrowed_down_to_a_marketplace_and_a_licence(browser, buyer, item):
    photo = factories.make_item(site="photos", category="nature/landscapes", name="A lake")
    for thing, licence in ((item, "standard"), (photo, "standard"), (photo, "extended")):
        factories.make_purchase(buyer=buyer, item=thing, licence_code=licence)

    page = see(browser)

    assert "Photo Shelf (2)" in page
    assert "Theme Shelf (" not in page
    assert names(see(browser, "?site=photos")) == ["A lake", "A lake"]
    assert names(see(browser, "?licence=extended")) == ["A lake"]
    assert "Nothing found" in see(browser, "?site=graphics&licence=extended")


@pytest.mark.parametrize(
    ("state", "found"),
    [("support", "Running"), ("support_ended", "Ended"), ("refunded", "Refunded one")],
)
def test_it_is_narrowed_down_to_a_state(browser, buyer, state, found):
    now = timezone.now()
    for name, columns in {
        "Running": {"support_until": now + timedelta(days=1)},
        "Ended": {"support_until": now - timedelta(days=1)},
        "Refunded one": {"support_until": now + timedelta(days=1), "reversed_at": now},
        "Plain": {},
    }.items():
        purchase = factories.make_purchase(buyer=buyer, item=factories.make_item(name=name))
        Purchase.objects.filter(pk=purchase.pk).update(**columns)

    assert names(see(browser, f"?state={state}")) == [found]


def test_an_update_after_the_last_download_is_marked(browser, buyer, item):
    purchase = factories.make_purchase(buyer=buyer, item=item)
    never = factories.make_purchase(buyer=buyer, item=factories.make_item(name="Never fetched"))
    file = item.live_version.files.get()
    browser.get(f"/library/{purchase.code}/files/{file.pk}/")

    assert "after your last download" not in see(browser)
    assert names(see(browser, "?state=updated")) == []
    type(item.live_version).objects.update(approved_at=timezone.now() + timedelta(seconds=1))

    assert see(browser).count("after your last download") == 1
    assert names(see(browser, "?state=updated")) == ["Blue icons"]
    assert never.is_valid


def test_the_download_limit_is_told_before_it_is_met_and_when_it_ends(browser, buyer, item):
    purchase = factories.make_purchase(buyer=buyer, item=item)
    first = timezone.now() - timedelta(hours=3)

    def fetch(times):
        Download.objects.bulk_create(
            Download(purchase=purchase, user=buyer, item=item, file_id=1, address="::1",
                     created_at=first + timedelta(minutes=n))
            for n in range(times)
        )  # fmt: skip

    fetch(15)
    assert "5 more downloads within 24 hours" in see(browser)
    fetch(5)

    page = see(browser)

    assert "The limit of downloads is reached" in page
    assert moment(first + timedelta(hours=24)) in page
    assert f"{purchase.code}/files" not in page


@pytest.mark.parametrize("sort", ["newest", "oldest", "name"])
def test_each_order_goes_on_where_the_last_page_ended(browser, buyer, sort):
    for number in range(45):
        item = factories.make_item(name=f"Same {number % 3}")
        factories.make_purchase(buyer=buyer, item=item)
    seen, after = [], ""

    while after is not None:
        page = see(browser, f"?sort={sort}{after}")
        seen += re.findall(r'data-copy="([^"]*)"', page)
        more = re.search(r'href="\?[^"]*after=([^"]*)"', page)
        after = f"&after={more[1]}" if more else None

    assert len(seen) == len(set(seen)) == 45


def test_it_is_saved_as_a_table(browser, buyer):
    formula = factories.make_item(name="=HYPERLINK(1)")
    purchase = factories.make_purchase(buyer=buyer, item=formula)
    factories.make_purchase(buyer=factories.make_user(), item=formula)

    answer = browser.get("/library/library.csv")

    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    row = next(csv.DictReader(lines))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="library.csv"'
    assert len(lines) == 2
    assert row["item"] == "'=HYPERLINK(1)"
    assert row["purchase_code"] == str(purchase.code)
    assert row["price"] == "21.00"


def test_thousands_are_saved_by_few_queries(browser, buyer, item, django_assert_max_num_queries):
    first = factories.make_purchase(buyer=buyer, item=item)
    _copy(first, 1200)

    with django_assert_max_num_queries(12):
        lines = browser.get("/library/library.csv").getvalue().splitlines()

    assert len(lines) == 1202


def _copy(purchase, times):
    line = purchase.order_line
    lines = [copy(line) for _ in range(times)]
    orders = [copy(line.order) for _ in range(times)]
    for order in orders:
        order.pk, order.key, order.payment_ref = None, uuid4(), uuid4().hex
        order._state = ModelState()
    Order.objects.bulk_create(orders)
    keys = {order.key for order in orders}
    for one, order in zip(lines, Order.objects.filter(key__in=keys), strict=True):
        one.pk, one.order, one._state = None, order, ModelState()
    OrderLine.objects.bulk_create(lines)
    copies = []
    for one in OrderLine.objects.filter(order__key__in=keys):
        bought = copy(purchase)
        bought.pk, bought.code, bought.order_line, bought._state = None, uuid4(), one, ModelState()
        copies.append(bought)
    Purchase.objects.bulk_create(copies)


def test_pages_go_on_where_the_last_one_ended(browser, buyer):
    items = [factories.make_item(name=f"Number {n:02}") for n in range(21)]
    for item in items:
        factories.make_purchase(buyer=buyer, item=item)

    first = see(browser)
    after = re.findall(r'href="\?[^"]*after=([^"]*)"', first)[0]
    second = see(browser, f"?after={after}")

    assert "Number 20" in first
    assert "Number 00" not in first
    assert "Number 00" in second
    assert re.search(r'href="\?[^"]*after=', second) is None


@pytest.mark.parametrize(
    "query",
    [
        "?after=x",
        "?after=%00",
        "?after=WyJ4Il0",
        "?sort=name&after=WzFd",
        "?after=WzEyMzQ1Njc4OTAxMjM0NTY3ODkwMTJd",
        "?site=nowhere",
        "?licence=none",
        "?state=x",
        "?sort=id",
        f"?q={'x' * 101}",
    ],
)
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
