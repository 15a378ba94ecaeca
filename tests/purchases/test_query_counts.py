"""Exact numbers, with one line and with a hundred alike."""

import pytest

from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
# Session, user, and the navigation's two for the person's roles.
PERSON = 4


@pytest.fixture(params=[1, 100])
def items(request, sites):
    author = factories.make_author()
    return [factories.make_item(author=author) for _ in range(request.param)]


@pytest.fixture
def browser(client_for, buyer):
    return client_for("account", buyer)


def test_cart(browser, buyer, items, django_assert_num_queries):
    steps.fill_cart(buyer, *items)

    # cart, lines; items, prices, buyer fees, author's rates, lifetime sales, licences' texts
    with django_assert_num_queries(PERSON + 8):
        browser.get("/cart/")


def test_checkout(browser, buyer, items, django_assert_num_queries):
    steps.fill_cart(buyer, *items)

    # as the cart, the buyer's credit, and what he was billed as the last time
    with django_assert_num_queries(PERSON + 10):
        browser.get("/checkout/")


def test_library(browser, buyer, items, django_assert_num_queries):
    for item in items:
        factories.make_purchase(buyer=buyer, item=item)

    # what there is, licences; purchases, files, downloads of the last day
    with django_assert_num_queries(PERSON + 5):
        browser.get("/library/")


def test_order(browser, buyer, items, django_assert_num_queries):
    order = steps.buy(buyer, *items)

    # order, payment, order again, its bill and number, lines, licences, invoice, refunds, a case
    with django_assert_num_queries(PERSON + 10):
        browser.get(f"/orders/{order.key}/")


def test_placing_an_order(browser, buyer, items, django_assert_num_queries):
    form = steps.form_of(steps.fill_cart(buyer, *items))

    with django_assert_num_queries(50):
        browser.post("/checkout/", form)
