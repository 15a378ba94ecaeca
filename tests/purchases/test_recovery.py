from datetime import timedelta

import pytest
from django.utils import timezone

from market.jobs.testing import run_jobs
from market.payments.errors import GatewayUnavailable
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import Payment, PaymentCase, SandboxPayment
from market.purchases import tasks
from market.purchases.models import Order, Purchase
from market.purchases.services import recovery
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(buyer, item):
    return steps.place(buyer, item)


@pytest.fixture
def payment(order):
    return steps.ask(order)


def an_hour_later():
    earlier = timezone.now() - timedelta(hours=1)
    Payment.objects.update(updated_at=earlier)
    Order.objects.update(expires_at=earlier)


def recover():
    return recovery.recover_payments(older_than_seconds=0)


def test_a_payment_that_nobody_reported_is_found(payment):
    steps.decide(payment)

    recover()

    assert Purchase.objects.count() == 1
    assert recover() == 0


def test_a_fresh_payment_is_left_to_its_browser(payment):
    assert recovery.recover_payments() == 0
    an_hour_later()
    assert recovery.recover_payments() == 1


def test_the_answer_to_the_very_first_question_got_lost(order, settings):
    settings.PAYMENTS_URL = "sandbox://?fault=create"
    with pytest.raises(GatewayUnavailable):
        steps.ask(order)
    settings.PAYMENTS_URL = "sandbox://"
    there = SandboxPayment.objects.get()
    steps.decide(Payment(gateway_ref=there.ref))

    recover()

    assert Order.objects.get().payment_ref == there.ref
    assert Purchase.objects.count() == 1


def test_killed_between_the_note_of_success_and_the_booking(payment):
    steps.decide(payment)
    Payment.objects.update(status="succeeded", paid_cents=2100, paid_currency="USD")

    recover()

    assert Purchase.objects.count() == 1


def test_a_declined_payment_is_looked_at_no_more(payment):
    steps.decide(payment, Outcome.DECLINE)

    assert recover() == 1
    assert recover() == 0
    assert Order.objects.get().status == "awaiting_payment"  # until it expires: try again


def test_one_that_fails_keeps_no_other_waiting(buyer, item, settings):
    first = steps.ask(steps.place(buyer, item))
    other = factories.make_user()
    second = steps.ask(steps.place(other, item))
    steps.decide(second)
    Payment.objects.filter(pk=first.pk).update(gateway_ref="sbx_lost")

    recover()

    assert Purchase.objects.get().buyer == other


def test_an_order_expires_and_its_payment_is_cancelled(payment, buyer):
    key = buyer.cart.checkout_key
    assert recovery.expire_orders() == 0
    an_hour_later()

    assert recovery.expire_orders() == 1

    assert Order.objects.get().status == "expired"
    assert SandboxPayment.objects.get().status == "cancelled"
    buyer.cart.refresh_from_db()
    assert buyer.cart.lines.count() == 1
    assert buyer.cart.checkout_key != key
    assert recovery.expire_orders() == 0


def test_an_order_that_was_never_sent_to_the_gateway_expires_too(order):
    an_hour_later()

    recovery.expire_orders()

    assert Order.objects.get().status == "expired"


def test_an_order_that_was_paid_in_time_does_not_expire(payment):
    steps.decide(payment)
    an_hour_later()

    recovery.expire_orders()

    assert Order.objects.get().status == "paid"
    assert Purchase.objects.count() == 1


def test_a_late_success_after_expiry_is_honoured(payment, settings):
    """The gateway was away when the order expired; the buyer paid; then it came back."""
    an_hour_later()
    settings.PAYMENTS_URL = "sandbox://?fault=cancel,retrieve"
    SandboxPayment.objects.update(status="succeeded")
    recovery.expire_orders()
    assert Order.objects.get().status == "expired"
    settings.PAYMENTS_URL = "sandbox://"

    recover()

    assert Order.objects.get().status == "paid"
    assert Purchase.objects.count() == 1


def test_a_late_success_for_what_is_gone_is_given_back(payment, item):
    Order.objects.update(status="expired")
    type(item).objects.filter(pk=item.pk).update(status="suspended")
    steps.decide(payment)

    recover()
    run_jobs(["default"])

    assert not Purchase.objects.exists()
    assert SandboxPayment.objects.get().status == "refunded"
    assert PaymentCase.objects.get().reason == "goods_gone"
    assert recover() == 0


def test_what_an_expired_order_left_open_is_cancelled(payment):
    Order.objects.update(status="expired")

    recover()

    assert SandboxPayment.objects.get().status == "cancelled"


def test_a_case_does_not_keep_its_order_open(payment):
    SandboxPayment.objects.update(status="succeeded", cents=1)
    an_hour_later()

    recovery.expire_orders()

    assert Order.objects.get().status == "expired"
    assert PaymentCase.objects.get().reason == "unexpected"


@pytest.mark.parametrize("task", ["expire_orders", "recover_payments", "prune_carts"])
def test_the_scheduled_jobs_run_on_nothing(sites, task):
    getattr(tasks, task).enqueue()

    assert run_jobs(["default"]) == 1


def test_killed_while_it_expires_an_order_the_cart_can_still_be_paid(order, buyer, monkeypatch):
    """Both or neither: an expired order whose key the cart keeps would answer every form."""
    an_hour_later()

    def die():
        raise KeyboardInterrupt

    monkeypatch.setattr(recovery, "uuid4", die)
    with pytest.raises(KeyboardInterrupt):
        recovery.expire_orders()
    assert Order.objects.get().status == "open"
    monkeypatch.undo()

    recovery.expire_orders()

    assert Order.objects.get().status == "expired"
    assert buyer.cart.checkout_key == order.key
    buyer.cart.refresh_from_db()
    assert buyer.cart.checkout_key != order.key


def test_one_that_cannot_be_booked_keeps_no_other_waiting(buyer, item):
    """A bug, or a gateway that is not configured any more, is one payment's matter."""
    first = steps.ask(steps.place(buyer, item))
    other = factories.make_user()
    second = steps.ask(steps.place(other, item))
    steps.decide(second)
    Payment.objects.filter(pk=first.pk).update(gateway="gone")

    assert recover() == 2

    assert Purchase.objects.get().buyer == other


def test_one_order_that_cannot_be_closed_keeps_no_other_from_expiring(buyer, item):
    first = steps.ask(steps.place(buyer, item))
    steps.ask(steps.place(factories.make_user(), item))
    Payment.objects.filter(pk=first.pk).update(gateway="gone")
    an_hour_later()

    recovery.expire_orders()

    assert Order.objects.filter(status="expired").count() == 1
