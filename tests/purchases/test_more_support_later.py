"""Support that is bought after the purchase: extended while it runs, renewed when it has ended."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from market.core.money import share
from market.core.months import add_months
from market.payments import ledger
from market.payments.models import Account, PaymentCase
from market.payments.selectors.ledger import transfers_of
from market.purchases.errors import PriceChanged, SupportNotOffered
from market.purchases.models import Order, OrderLine, Purchase, SupportPeriod
from market.purchases.selectors.support import support_offers
from market.purchases.services import refunds, support_orders
from market.purchases.services.billing import Billing
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
EXTENSION, RENEWAL = share(2900, 6250)[0], share(2900, 8750)[0]


@pytest.fixture
def purchase(buyer, sites):
    steps.buy(buyer, factories.make_supported_item(price_cents=2900))
    return Purchase.objects.get()


def until(purchase, moment):
    Purchase.objects.filter(pk=purchase.pk).update(support_until=moment)
    purchase.refresh_from_db()


def offer_of(purchase, at=None):
    return support_offers([purchase], at=at).get(purchase.pk)


def place(purchase, cents=EXTENSION, billing=steps.UNTAXED, key=None):
    return support_orders.place_support_order(
        purchase=purchase, key=key or uuid4(), shown_cents=cents, billing=billing
    )


def buy(purchase, cents=EXTENSION, billing=steps.UNTAXED):
    order = place(purchase, cents, billing)
    steps.settle(steps.decide(steps.ask(order)))
    order.refresh_from_db()
    return order


def in_a_month(purchase):
    until(purchase, timezone.now() + timedelta(days=30))


def test_with_a_month_left_it_is_extended_from_its_end(purchase):
    in_a_month(purchase)
    before = purchase.support_until

    order = buy(purchase)

    line = order.lines.get()
    purchase.refresh_from_db()
    assert purchase.support_until == add_months(before, 6)
    assert (line.kind, line.support_cents, line.total_cents) == ("support", 1813, EXTENSION)
    assert (line.support_fee_bp, line.support_fee_cents) == (3000, share(1813, 3000)[0])
    period = SupportPeriod.objects.get()
    assert (period.line, period.purchase, period.starts_at) == (line, purchase, before)
    assert Purchase.objects.count() == 1


def test_after_its_end_it_is_renewed_from_the_payment(purchase):
    until(purchase, timezone.now() - timedelta(days=40))

    order = buy(purchase, RENEWAL)

    purchase.refresh_from_db()
    assert order.total_cents == RENEWAL == 2538
    assert abs(purchase.support_until - add_months(order.paid_at, 6)) < timedelta(seconds=5)


def test_it_is_booked_as_support_and_counts_as_no_sale_of_the_item(purchase):
    in_a_month(purchase)
    sold = ledger.balance(kind=Account.Kind.AUTHOR_FEES)

    order = buy(purchase)

    source = f"line:{order.lines.get().pk}"
    assert transfers_of([source])[source] == {"support": 1813, "support_fee": 544}
    assert ledger.balance(kind=Account.Kind.AUTHOR_FEES) == sold
    assert ledger.balance(kind=Account.Kind.CLEARING) == 0


def test_a_payment_that_is_reported_twice_moves_the_end_once(purchase):
    in_a_month(purchase)
    order = place(purchase)
    payment = steps.decide(steps.ask(order))
    for _ in range(3):
        steps.settle(payment)

    purchase.refresh_from_db()
    assert SupportPeriod.objects.get().ends_at == purchase.support_until


@pytest.mark.parametrize(
    ("left", "kind"),
    [
        (timedelta(0), "renewal"),
        (timedelta(microseconds=1), "extension"),
        (timedelta(days=-1), "renewal"),
    ],
)
def test_the_moment_it_ends_decides_about_the_price(purchase, left, kind):
    now = timezone.now()
    until(purchase, now + left)

    assert offer_of(purchase, at=now).kind == kind


def test_never_more_than_twelve_months_ahead(purchase):
    now = timezone.now()
    until(purchase, add_months(now, 6))
    assert offer_of(purchase, at=now).ends_at == add_months(add_months(now, 6), 6)

    until(purchase, add_months(now, 6) + timedelta(days=1))
    assert offer_of(purchase, at=now) is None
    with pytest.raises(SupportNotOffered):
        place(purchase)


def test_of_two_orders_for_the_same_months_the_second_gets_its_money_back(purchase):
    until(purchase, add_months(timezone.now(), 5))
    orders = [place(purchase), place(purchase)]
    for order in orders:
        steps.settle(steps.decide(steps.ask(order)))

    assert SupportPeriod.objects.count() == 1
    assert PaymentCase.objects.get().reason == "goods_gone"
    assert sorted(Order.objects.values_list("status", flat=True)) == ["expired", "paid", "paid"]


def test_a_purchase_that_was_refunded_gets_no_support(purchase):
    in_a_month(purchase)
    order = place(purchase)
    refunds.refund_lines(lines=[purchase.order_line], why=refunds.Why(reason="Broken."))

    steps.settle(steps.decide(steps.ask(order)))

    assert PaymentCase.objects.get().reason == "goods_gone"
    assert offer_of(Purchase.objects.get()) is None


def test_what_is_refunded_takes_its_months_away_again(purchase):
    in_a_month(purchase)
    before = purchase.support_until
    order = buy(purchase)

    refunds.refund_lines(lines=[order.lines.get()], why=refunds.Why(reason="Not used."))

    purchase.refresh_from_db()
    assert (purchase.support_until, purchase.is_valid) == (before, True)
    assert ledger.balance(kind=Account.Kind.SUPPORT_FEES) == 0


def test_a_price_that_changed_must_be_confirmed(purchase):
    in_a_month(purchase)
    steps.set_price(purchase.item, 5000)

    with pytest.raises(PriceChanged):
        place(purchase)

    assert not OrderLine.objects.filter(kind="support").exists()


def test_the_same_form_is_the_same_order(purchase):
    in_a_month(purchase)
    key = uuid4()

    assert place(purchase, key=key) == place(purchase, key=key)


def test_it_is_taxed_like_everything_else(purchase):
    in_a_month(purchase)
    order = buy(purchase, EXTENSION + 344, Billing(country="DE"))

    assert (order.lines.get().tax_cents, order.billing.country) == (344, "DE")


def test_from_the_library_to_the_payment(client_for, buyer, purchase):
    in_a_month(purchase)
    browser = client_for("account", buyer)
    library = browser.get("/library/").content.decode()
    address = f"/library/{purchase.code}/support/"
    assert address in library
    assert "Extend support" in library

    page = browser.get(address)
    assert "Pay $18.13" in page.content.decode()
    form = {"key": str(page.context["key"]), "shown_cents": "1813"}
    told = browser.post(address, form | {"country": "DE"})
    assert told.status_code == 422
    assert "Pay $21.57" in told.content.decode()
    paid = browser.post(address, form | {"country": "DE", "shown_cents": "2157"})
    assert paid.status_code == 302
    order = Order.objects.get(total_cents=2157)
    assert "6 more months of support" in browser.get(f"/orders/{order.key}/").content.decode()


def test_nobody_else_finds_it(client_for, purchase):
    other = factories.make_user()

    address = f"/library/{purchase.code}/support/"
    assert client_for("account", other).get(address).status_code == 404
