"""The gateway's books against ours, both ways; each difference is one case, once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from market.jobs.testing import run_jobs
from market.payments.errors import GatewayUnavailable
from market.payments.gateways.base import PayoutRequest
from market.payments.gateways.stripe.client import StripeGateway
from market.payments.models import Payment, PaymentRefund, ReconciliationCase, WebhookEvent
from market.payments.services import refunds
from market.payments.services.reconciliation import reconcile
from market.payments.tasks import reconcile as daily
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


def compare():
    now = timezone.now()
    return reconcile(
        gateway_name="stripe", since=now - timedelta(days=1), until=now + timedelta(hours=1)
    )


def cases():
    return [(one.kind, one.ref) for one in ReconciliationCase.objects.order_by("pk")]


@pytest.fixture
def payment(on_stripe, buyer):
    """Paid, booked, and a part of it given back."""
    made = steps.ask(steps.place(buyer, factories.make_item(price_cents=1900)))
    on_stripe.books.confirm(made.gateway_ref, {})
    steps.settle(made)
    with transaction.atomic():
        refunds.request_refund(payment=made, cents=500, source="refund:1")
    run_jobs(["default"])
    made.refresh_from_db()
    return made


def test_equal_books_have_no_case(payment):
    result = compare()

    assert (result.compared, result.differences) == (2, 0)
    assert cases() == []


def test_each_difference_is_opened_once(payment, stand_in):
    intent = stand_in.books.create_intent({"amount": "999", "currency": "usd"})
    stand_in.books.confirm(intent["id"], {})

    assert (compare().opened, compare().opened) == (1, 0)
    ReconciliationCase.objects.update(resolved_at=timezone.now(), resolution="A test.")
    assert compare().opened == 0

    assert cases() == [("charge_unknown", intent["id"])]


def test_a_charge_of_another_amount(payment, stand_in):
    Payment.objects.update(paid_cents=1)

    compare()

    assert cases() == [("charge_differs", payment.gateway_ref)]


def test_a_charge_that_is_not_in_our_books(buyer, on_stripe):
    made = steps.ask(steps.place(buyer, factories.make_item()))
    on_stripe.books.confirm(made.gateway_ref, {})  # nobody told us

    compare()

    assert cases() == [("charge_unbooked", made.gateway_ref)]


def test_a_charge_that_the_gateway_does_not_know(payment, stand_in):
    stand_in.books.things["charge"].clear()
    assert compare().differences == 0  # it was asked by name: another day's, perhaps
    stand_in.books.things["payment_intent"].clear()

    compare()

    assert cases() == [("charge_missing", payment.idempotency_key)]


def test_a_refund_that_we_do_not_know(payment, stand_in):
    made = stand_in.books.create_refund({"payment_intent": payment.gateway_ref, "amount": "1"})

    compare()

    assert cases() == [("refund_unknown", made["id"])]


def test_a_refund_of_another_amount_and_one_that_failed(payment, stand_in):
    refund = PaymentRefund.objects.get()
    stand_in.books.things["refund"][refund.gateway_ref]["amount"] = 501
    compare()
    stand_in.books.things["refund"][refund.gateway_ref] |= {"amount": 500, "status": "failed"}
    compare()

    assert cases() == [("refund_differs", refund.gateway_ref), ("refund_failed", "refund:1")]


def test_a_refund_that_the_gateway_does_not_know(payment, stand_in):
    stand_in.books.things["refund"].clear()

    compare()

    assert cases() == [("refund_missing", "refund:1")]


def test_a_transfer_that_we_do_not_know(payment, stand_in):
    request = PayoutRequest(
        key="payout:99", cents=100, currency="USD", destination="acct_1", description=""
    )
    ref = StripeGateway().pay_out(request).ref

    compare()

    assert cases() == [("payout_unknown", ref)]


def test_a_gateway_that_is_away_is_no_difference(payment, stand_in):
    stand_in.fault("away", method="GET", times=2)

    with pytest.raises(GatewayUnavailable):
        compare()

    assert cases() == []


def run(*arguments):
    out = StringIO()
    call_command("reconcile", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_found(payment, stand_in):
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()
    assert run("--until", tomorrow) == "2 compared, 0 differences, 0 new cases.\n"

    stand_in.books.things["refund"].clear()
    with pytest.raises(CommandError, match="The books differ"):
        run("--until", tomorrow)


@pytest.mark.parametrize(
    "arguments",
    [("--gateway", "paypal"), ("--since", "2026-02-01", "--until", "2026-01-01"),
     ("--since", "soon")],
)  # fmt: skip
def test_the_command_refuses_nonsense(db, arguments):
    with pytest.raises(CommandError):
        run(*arguments)


def test_the_daily_job_compares_the_last_two_days(payment, stand_in):
    earlier = timezone.now() - timedelta(hours=3)
    for kind in ("charge", "refund"):
        for one in stand_in.books.things[kind].values():
            one["created"] = int(earlier.timestamp())
    Payment.objects.update(paid_cents=1)

    daily.call()

    assert cases() == [("charge_differs", payment.gateway_ref)]
    assert not WebhookEvent.objects.exists()
