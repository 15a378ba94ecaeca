"""Months of support that are bought with an item."""

import pytest
from django.utils import timezone

from market.core.money import share
from market.payments import ledger
from market.payments.models import Account, SupportRate
from market.payments.selectors.ledger import transfers_of
from market.purchases.models import Order, Purchase
from market.purchases.selectors.carts import cart_page
from market.purchases.services import cart as carts
from market.purchases.services.fulfilment import add_months
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def plugin(sites):
    return factories.make_supported_item(price_cents=2900)


def fill(buyer, item):
    cart = carts.user_cart(buyer)
    line = carts.add_to_cart(
        cart=cart, item_id=item.pk, licence_code="standard", with_more_support=True
    )
    cart.refresh_from_db()
    return cart, line


def test_six_months_are_included_and_cost_nothing(buyer, plugin):
    order = steps.buy(buyer, plugin)

    line, purchase = order.lines.get(), Purchase.objects.get()
    assert (line.support_months, line.support_cents) == (6, 0)
    assert (purchase.support_months, purchase.support_cents) == (6, 0)
    assert purchase.support_until == add_months(purchase.bought_at, 6)


def test_six_more_cost_their_share_of_the_item_and_are_frozen_with_their_rates(buyer, plugin):
    cart, _ = fill(buyer, plugin)

    order = steps.pay_for(buyer, cart)

    support, _ = share(2900, 3750)
    fee, _ = share(support, 3000)
    for row in (order.lines.get(), Purchase.objects.get()):
        assert (row.support_months, row.support_cents) == (12, support)
        assert (row.support_fee_bp, row.support_fee_cents) == (3000, fee)
        assert row.total_cents == 2900 + row.buyer_fee_cents + support
    assert Purchase.objects.get().support_until == add_months(order.paid_at, 12)
    booked = transfers_of([f"line:{order.lines.get().pk}"]).popitem()[1]
    assert (booked["support"], booked["support_fee"]) == (support, fee)
    assert ledger.balance(kind=Account.Kind.SUPPORT_FEES) == fee


def test_more_support_is_put_into_the_cart_and_taken_out(client_for, buyer, plugin):
    line = steps.fill_cart(buyer, plugin).lines.get()
    browser = client_for("account", buyer)
    before = line.shown_cents

    page = browser.get("/cart/").content.decode()
    assert "6 more months of support for $10.88" in page
    browser.post("/cart/support/", {"line_id": line.pk, "more_support": "on"})
    line.refresh_from_db()
    assert (line.more_support_months, line.shown_cents) == (6, before + 1088)
    assert "12 months of support" in browser.get("/cart/").content.decode()
    browser.post("/cart/support/", {"line_id": line.pk})
    line.refresh_from_db()
    assert (line.more_support_months, line.shown_cents) == (0, before)


def test_the_buy_page_offers_more_support(client_for, buyer, plugin):
    browser = client_for("code", buyer)
    address = f"/items/{plugin.slug}/{plugin.pk}/buy/"

    assert b"6 more months of support" in browser.get(address).content
    browser.post(address, {"licence_code": "standard", "more_support": "on", "then": "cart"})

    assert buyer.cart.lines.get().more_support_months == 6


def test_another_licence_takes_its_own_price_for_support(buyer, plugin):
    cart, line = fill(buyer, plugin)

    carts.change_licence(cart=cart, line_id=line.pk, licence_code="extended")

    offer = cart_page(cart, buyer_id=buyer.pk).buyable[0][1]
    support, _ = share(offer.quote.item_price_cents, 3750)
    assert offer.quote.support_cents == support
    assert cart.lines.get().shown_cents == offer.total_cents


def test_a_site_without_support_sells_none(buyer, item):
    cart, line = fill(buyer, item)
    carts.change_support(cart=cart, line_id=line.pk, is_wanted=True)

    assert cart.lines.get().more_support_months == 0


def test_support_that_is_not_offered_any_more_is_told_before_paying(client_for, buyer, plugin):
    cart, _ = fill(buyer, plugin)
    browser = client_for("account", buyer)
    form = steps.form_of(cart)
    SupportRate.objects.filter(kind="upgrade").update(valid_until=timezone.now())

    told = browser.post("/checkout/", form)

    assert told.status_code == 422
    assert "A price has changed" in told.content.decode()
    assert not Order.objects.exists()
