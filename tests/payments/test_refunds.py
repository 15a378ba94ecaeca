"""Money goes back once, never more than came, and never by guessing."""

import pytest
from django.db import transaction
from django.utils import timezone

from market.jobs.models import Job
from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.errors import GatewayUnavailable, RefundTooLarge
from market.payments.gateways.sandbox import store
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import (
    Account,
    Payment,
    PaymentCase,
    PaymentRefund,
    ReconciliationCase,
    SandboxPayment,
    SandboxRefund,
)
from market.payments.selectors.ledger import trial_balance
from market.payments.services import payments, refunds
from market.payments.tasks import refund_payment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.fixture
def payment():
    started = payments.start_payment(
        purpose="order:1",
        cents=2100,
        currency="USD",
        description="An order",
        return_url="http://account.localhost/orders/1/",
    )
    store.decide(started.gateway_ref, Outcome.APPROVE)
    return payments.refresh_payment(payment=started)


def ask_for(payment, cents, source="refund:1"):
    with transaction.atomic():
        return refunds.request_refund(payment=payment, cents=cents, source=source)


def test_a_part_goes_back_by_a_job(payment):
    refund = ask_for(payment, 500)
    assert not SandboxRefund.objects.exists()

    run_jobs(["default"])

    refund.refresh_from_db()
    payment.refresh_from_db()
    assert refund.status == "succeeded"
    assert refund.gateway_ref == SandboxRefund.objects.get().ref
    assert payment.refunded_at is None


def test_the_same_source_is_the_same_refund(payment):
    first = ask_for(payment, 500)

    assert ask_for(payment, 500) == first
    run_jobs(["default"])
    assert ask_for(payment, 500).status == "succeeded"
    with pytest.raises(RefundTooLarge):
        ask_for(payment, 501)

    assert SandboxRefund.objects.get().cents == 500


@pytest.mark.parametrize("cents", [0, -1, 2101])
def test_never_more_than_came(payment, cents):
    with pytest.raises(RefundTooLarge):
        ask_for(payment, cents)

    assert not PaymentRefund.objects.exists()


def test_parts_together_are_never_more_than_came(payment):
    ask_for(payment, 2000)

    with pytest.raises(RefundTooLarge) as refusal:
        ask_for(payment, 101, source="refund:2")

    assert refusal.value.left_cents == 100
    ask_for(payment, 100, source="refund:2")
    run_jobs(["default"])
    payment.refresh_from_db()
    assert payment.refunded_at is not None


def test_what_never_arrived_is_not_given_back(payment):
    Payment.objects.update(status="cancelled")

    with pytest.raises(RefundTooLarge):
        ask_for(payment, 1)


def test_what_was_given_back_before_parts_were_kept_is_gone(payment):
    Payment.objects.update(refunded_at=timezone.now())

    with pytest.raises(RefundTooLarge):
        ask_for(payment, 1)


@pytest.mark.django_db(transaction=True)
def test_it_is_owed_in_the_transaction_of_its_reason(payment):
    with pytest.raises(RuntimeError):
        refunds.request_refund(payment=payment, cents=1, source="refund:1")


def test_an_answer_that_got_lost_is_asked_for_again(payment, settings):
    refund = ask_for(payment, 500)
    settings.PAYMENTS_URL = "sandbox://?fault=refund"
    with pytest.raises(GatewayUnavailable):
        refunds.send_refund(refund=refund)
    refund.refresh_from_db()
    assert refund.status == "created"

    settings.PAYMENTS_URL = "sandbox://"
    PaymentRefund.objects.update(updated_at="2020-01-01T00:00:00Z")
    Job.objects.all().delete()  # its job was lost, too
    assert refunds.recover_refunds() == 1

    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert SandboxRefund.objects.count() == 1
    assert refunds.recover_refunds() == 0


def test_a_definite_no_is_a_case_for_staff(payment):
    refund = ask_for(payment, 500)
    SandboxPayment.objects.update(status="declined")

    run_jobs(["default"])

    refund.refresh_from_db()
    case = ReconciliationCase.objects.get()
    assert (refund.status, case.kind, case.ref) == ("failed", "refund_failed", "refund:1")
    assert "500 USD" in case.note
    # Its money may still be given back, for another source.
    assert ask_for(payment, 2100, source="refund:2").status == "created"


def balances():
    return (
        ledger.balance(kind=Account.Kind.GATEWAY, scope="sandbox"),
        ledger.balance(kind=Account.Kind.CLEARING),
    )


def test_money_is_given_back_once_and_the_case_is_closed(payment):
    for _ in range(2):
        payments.give_back(payment=payment, note="gone")
    run_jobs(["default"])

    payment.refresh_from_db()
    assert payment.refunded_at is not None
    assert PaymentCase.objects.get().resolution == "Refunded in full."
    assert SandboxPayment.objects.get().status == "refunded"
    assert balances() == (0, 0)
    assert trial_balance().is_sound


def test_money_that_fits_nothing_stands_in_the_books(payment):
    for _ in range(2):
        payments.open_case(payment=payment, reason=PaymentCase.Reason.UNEXPECTED, note="twice")

    assert balances() == (-2100, 2100)

    refunds.return_payment(payment=payment)
    run_jobs(["default"])

    assert balances() == (0, 0)
    assert PaymentCase.objects.get().resolved_at is not None


def test_jobs_of_the_release_before_still_give_back(payment):
    PaymentCase.objects.create(payment=payment, reason="goods_gone", note="gone")

    refund_payment.enqueue(payment_id=payment.pk)
    run_jobs(["default"])

    assert SandboxRefund.objects.get().cents == 2100
    assert balances() == (0, 0)


def test_a_reported_refund_that_came_back_is_a_case(payment):
    """A bank may return a refund days after the gateway called it done."""
    refund = ask_for(payment, 500)
    run_jobs(["default"])
    refund.refresh_from_db()

    refunds._fail(refund, "The card is closed.")

    refund.refresh_from_db()
    assert refund.status == "failed"
    assert ReconciliationCase.objects.count() == 1
