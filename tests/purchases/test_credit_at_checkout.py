"""Credit pays an order alone or with a card, and no cent of it pays twice."""

import threading

import pytest
from django.db import connection, transaction

from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.ledger import Move, Side
from market.payments.models import Account, Payment, PaymentCase, SandboxPayment, Transfer
from market.payments.selectors.credit import credit_cents
from market.payments.selectors.ledger import trial_balance
from market.purchases.errors import CreditChanged
from market.purchases.models import Order, Purchase
from market.purchases.selectors.order_faults import order_faults
from market.purchases.services import recovery
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
ADJUSTMENTS = Side(Account.Kind.ADJUSTMENTS)


def give_credit(user, cents, source="adjust:1"):
    ledger.open_accounts(sides=[ADJUSTMENTS, ledger.credit_of(user.pk)], currency="USD")
    move = Move(
        source=source, code="adjust_credit_up", cents=cents, payer=ADJUSTMENTS,
        receiver=ledger.credit_of(user.pk),
    )  # fmt: skip
    with transaction.atomic():
        ledger.book([move], currency="USD")


def take_credit(user, cents):
    move = Move(
        source="adjust:2", code="adjust_credit_down", cents=cents,
        payer=ledger.credit_of(user.pk), receiver=ADJUSTMENTS,
    )  # fmt: skip
    with transaction.atomic():
        ledger.book([move], currency="USD")


def place(buyer, item):
    return steps.place_cart(buyer, steps.fill_cart(buyer, item), use_credit=True)


def assert_sound():
    assert trial_balance().is_sound
    assert order_faults() == []
    assert ledger.balance(kind=Account.Kind.CLEARING) == 0


def test_credit_that_is_enough_pays_at_once_without_a_gateway(buyer, item):
    give_credit(buyer, 10_000)

    order = place(buyer, item)

    assert (order.status, order.credit_cents) == ("paid", order.total_cents)
    assert Purchase.objects.get().buyer == buyer
    assert not Payment.objects.exists()
    assert credit_cents(buyer.pk) == 10_000 - order.total_cents
    assert_sound()
    run_jobs(["mail"])


def test_a_card_pays_what_credit_leaves(buyer, item):
    give_credit(buyer, 500)
    order = place(buyer, item)
    assert (order.status, order.credit_cents) == ("open", 500)
    assert credit_cents(buyer.pk) == 500  # noted, not taken

    payment = steps.ask(order)
    assert payment.cents == order.total_cents - 500
    steps.settle(steps.decide(payment))

    assert Purchase.objects.count() == 1
    assert credit_cents(buyer.pk) == 0
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="sandbox") == -payment.cents
    assert_sound()


def test_no_card_is_asked_for_less_than_it_can_pay(buyer, item):
    total = steps.all_in(item)
    give_credit(buyer, total - 1)

    assert place(buyer, item).card_cents == 50


def test_nobody_must_use_credit(buyer, item):
    give_credit(buyer, 10_000)

    assert steps.place(buyer, item).credit_cents == 0


def test_credit_that_is_spent_meanwhile_gives_the_card_its_part_back(buyer, item):
    give_credit(buyer, 500)
    order = place(buyer, item)
    payment = steps.decide(steps.ask(order))
    take_credit(buyer, 1)

    for _ in range(2):
        steps.settle(payment)
    run_jobs(["default"])

    order.refresh_from_db()
    payment.refresh_from_db()
    assert order.status == "expired"
    assert not Purchase.objects.exists()
    assert credit_cents(buyer.pk) == 499
    assert payment.refunded_at is not None
    assert PaymentCase.objects.get().reason == "credit_short"
    assert SandboxPayment.objects.get().status == "refunded"
    assert_sound()


def test_the_page_says_what_became_of_it(buyer, item, client_for):
    give_credit(buyer, 500)
    order = place(buyer, item)
    payment = steps.decide(steps.ask(order))
    take_credit(buyer, 1)
    steps.settle(payment)

    page = client_for("account", buyer).get(f"/orders/{order.key}/").content.decode()

    assert "Your credit was not enough any more" in page


def test_who_changes_his_mind_is_asked_again(buyer, item):
    give_credit(buyer, 500)
    cart = steps.fill_cart(buyer, item)
    steps.place_cart(buyer, cart)

    with pytest.raises(CreditChanged):
        steps.place_cart(buyer, cart, use_credit=True)

    cart.refresh_from_db()
    assert steps.place_cart(buyer, cart, use_credit=True).credit_cents == 500


def test_the_checkout_offers_it(buyer, item, client_for):
    give_credit(buyer, 500)
    cart = steps.fill_cart(buyer, item)
    visitor = client_for("account", buyer)

    page = visitor.get("/checkout/").content.decode()
    assert "Pay $5 with your credit" in page
    assert 'name="use_credit" checked' in page
    visitor.post("/checkout/", steps.form_of(cart) | {"use_credit": "on"})

    assert Order.objects.get().credit_cents == 500


def test_without_credit_nothing_is_offered(buyer, item, client_for):
    steps.fill_cart(buyer, item)

    assert "use_credit" not in client_for("account", buyer).get("/checkout/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_the_same_time_do_not_spend_the_same_cents(buyer, item, author):
    other = factories.make_item(author=author, price_cents=1900)
    give_credit(buyer, 500)
    # Both count on the same 500 cents; the second takes the place of the first in the cart alone.
    halves = [place(buyer, item), place(buyer, other)]
    payments = [steps.decide(steps.ask(one)) for one in halves]
    start = threading.Barrier(2)

    def settle(payment):
        start.wait()
        steps.settle(payment)
        connection.close()

    threads = [threading.Thread(target=settle, args=(one,)) for one in payments]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    run_jobs(["default", "mail"])
    recovery.recover_payments(older_than_seconds=0)

    assert credit_cents(buyer.pk) == 0
    assert {one.credit_cents for one in halves} == {500}
    assert PaymentCase.objects.filter(reason="credit_short").count() == 1
    assert Transfer.objects.filter(kind="credit_spent").count() == 1
    assert_sound()
