import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from market.jobs.testing import run_jobs
from market.payments.errors import GatewayRefused, GatewayUnavailable, SignatureRefused
from market.payments.gateways.base import PaymentRequest, PayoutRequest, PayoutState, State
from market.payments.gateways.sandbox import signing, store
from market.payments.gateways.sandbox.client import SandboxGateway
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import SandboxPayment, SandboxPayout, SandboxRefund, SandboxReport

pytestmark = pytest.mark.django_db
BACK = "http://account.localhost/orders/x/"


def request(**changes):
    asked = {
        "key": "pi:order:1:1",
        "cents": 2100,
        "currency": "USD",
        "description": "An order",
        "return_url": BACK,
    }
    return PaymentRequest(**asked | changes)


def page_of(payment):
    return f"/sandbox/pay/{payment.ref}/"


@pytest.fixture
def gateway():
    return SandboxGateway()


@pytest.fixture
def payment(gateway):
    return gateway.create(request())


@pytest.fixture
def browser(client_for):
    return client_for("account")


def test_the_same_key_is_the_same_payment(gateway, payment):
    again = gateway.create(request())

    assert again == payment
    assert payment.state is State.PENDING
    assert payment.key == "pi:order:1:1"
    assert payment.pay_url.endswith(page_of(payment))


@pytest.mark.parametrize("change", [{"cents": 1}, {"currency": "EUR"}, {"return_url": BACK + "y"}])
def test_the_same_key_with_other_parameters_is_refused(gateway, payment, change):
    with pytest.raises(GatewayRefused):
        gateway.create(request(**change))

    assert SandboxPayment.objects.get().cents == 2100


def test_what_is_not_there_is_refused(gateway):
    with pytest.raises(GatewayRefused):
        gateway.retrieve("sbx_nothing")


def test_approving_goes_back_to_the_shop(gateway, payment, browser):
    assert b"Approve" in browser.get(page_of(payment)).content

    browser.post(page_of(payment), {"outcome": "approve"})

    assert browser.get(page_of(payment)).headers["Location"] == BACK
    assert gateway.retrieve(payment.ref).state is State.SUCCEEDED


def test_declining_is_definite(gateway, payment, browser):
    browser.post(page_of(payment), {"outcome": "decline"})
    browser.post(page_of(payment), {"outcome": "approve"})

    answer = gateway.retrieve(payment.ref)
    assert (answer.state, answer.failure) == (State.FAILED, "The card was declined.")


def test_a_second_step_must_be_confirmed(gateway, payment, browser):
    browser.post(page_of(payment), {"outcome": "step"})

    assert gateway.retrieve(payment.ref).state is State.PENDING
    assert b"Confirm it is you" in browser.get(page_of(payment)).content
    browser.post(page_of(payment), {"outcome": "approve"})
    assert gateway.retrieve(payment.ref).state is State.SUCCEEDED


def test_it_may_act_and_then_give_no_answer(gateway, payment, browser):
    response = browser.post(page_of(payment), {"outcome": "approve", "times_out": "on"})

    assert response.status_code == 504
    assert gateway.retrieve(payment.ref).state is State.SUCCEEDED


@pytest.mark.parametrize("form", [{}, {"outcome": "steal"}])
def test_nonsense_decides_nothing(gateway, payment, browser, form):
    browser.post(page_of(payment), form)

    assert gateway.retrieve(payment.ref).state is State.PENDING


def test_an_outcome_is_reported_once_however_often_it_is_pressed(payment):
    assert store.decide(payment.ref, Outcome.APPROVE)
    assert not store.decide(payment.ref, Outcome.APPROVE)
    assert not store.decide(payment.ref, Outcome.DECLINE)

    assert [one.kind for one in SandboxReport.objects.all()] == ["payment.succeeded"]


def test_what_succeeded_cannot_be_cancelled(gateway, payment):
    store.decide(payment.ref, Outcome.APPROVE)

    assert gateway.cancel(payment.ref).state is State.SUCCEEDED


def test_a_cancelled_payment_takes_no_money(gateway, payment):
    assert gateway.cancel(payment.ref).state is State.CANCELLED
    assert not store.decide(payment.ref, Outcome.APPROVE)


def test_only_what_was_paid_is_given_back(gateway, payment):
    with pytest.raises(GatewayRefused):
        gateway.refund(payment.ref, cents=2100, key="re:1")
    store.decide(payment.ref, Outcome.APPROVE)

    for _ in range(2):
        gateway.refund(payment.ref, cents=2100, key="re:1")

    assert SandboxPayment.objects.get().status == "refunded"
    assert SandboxRefund.objects.get().cents == 2100


def test_parts_go_back_until_nothing_is_left(gateway, payment):
    store.decide(payment.ref, Outcome.APPROVE)

    part = gateway.refund(payment.ref, cents=2000, key="re:1")

    assert gateway.retrieve_refund(part.ref) == part
    assert (part.state, part.cents, part.payment_ref) == (State.SUCCEEDED, 2000, payment.ref)
    for cents, key in ((101, "re:2"), (1999, "re:1"), (0, "re:3")):
        with pytest.raises(GatewayRefused):
            gateway.refund(payment.ref, cents=cents, key=key)
    gateway.refund(payment.ref, cents=100, key="re:2")
    assert SandboxPayment.objects.get().status == "refunded"
    assert gateway.retrieve(payment.ref).state is State.SUCCEEDED


def payout(**changes):
    asked = {
        "key": "po:1", "cents": 5000, "currency": "USD", "destination": "bank:1",
        "description": "Earnings",
    }  # fmt: skip
    return PayoutRequest(**asked | changes)


@pytest.mark.parametrize(
    ("destination", "state"),
    [
        ("bank:1", PayoutState.PAID),
        ("bounce:1", PayoutState.FAILED),
        ("wait:1", PayoutState.PENDING),
    ],
)
def test_a_payout_settles_or_comes_back_by_a_job(gateway, destination, state):
    sent = gateway.pay_out(payout(destination=destination))
    assert sent.state is PayoutState.PENDING

    run_jobs(["default"])

    ended = gateway.retrieve_payout(sent.ref)
    assert ended.state is state
    assert bool(ended.failure) is (state is PayoutState.FAILED)


def test_the_same_key_is_the_same_payout(gateway):
    assert gateway.pay_out(payout()).ref == gateway.pay_out(payout()).ref
    with pytest.raises(GatewayRefused):
        gateway.pay_out(payout(cents=1))

    assert SandboxPayout.objects.get().cents == 5000


def test_its_books_list_what_moved(gateway, payment):
    start, end = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    assert list(gateway.list_charges(start, end)) == []
    store.decide(payment.ref, Outcome.APPROVE)
    gateway.refund(payment.ref, cents=500, key="re:1")
    gateway.pay_out(payout())

    charges, refunds, payouts = (
        [(one.key, one.cents, one.currency) for one in listed(start, end)]
        for listed in (gateway.list_charges, gateway.list_refunds, gateway.list_payouts)
    )

    assert charges == [("pi:order:1:1", 2100, "USD")]
    assert refunds == [("re:1", 500, "USD")]
    assert payouts == [("po:1", 5000, "USD")]
    assert list(gateway.list_charges(end, end + timedelta(hours=1))) == []
    kinds = [event.kind for event in gateway.list_events(start)]
    assert kinds == ["payment.succeeded", "payment.refunded"]


@pytest.mark.parametrize(
    "ask", ["retrieve", "retrieve_refund", "retrieve_payout", "retrieve_dispute"]
)
def test_nothing_unknown_is_answered_for(gateway, ask):
    with pytest.raises(GatewayRefused):
        getattr(gateway, ask)("nothing")


def test_a_fault_acts_and_gives_no_answer(gateway, settings):
    settings.PAYMENTS_URL = "sandbox://?fault=create,retrieve"

    with pytest.raises(GatewayUnavailable):
        gateway.create(request())

    assert SandboxPayment.objects.get().idempotency_key == "pi:order:1:1"


def report(**changes):
    return json.dumps({"id": "e1", "type": "payment.succeeded", "payment": "sbx_1"} | changes)


def test_a_signed_report_is_believed(gateway):
    body = report().encode()

    event = gateway.verify_webhook(body, signing.sign(body))

    assert (event.event_id, event.kind, event.ref) == ("e1", "payment.succeeded", "sbx_1")


def test_while_the_secret_changes_both_are_good(gateway, settings):
    settings.PAYMENTS_WEBHOOK_SECRET = "new, old"
    body = report().encode()

    assert gateway.verify_webhook(body, signing.sign(body, secret="old"))
    assert gateway.verify_webhook(body, signing.sign(body))


@pytest.mark.parametrize("age", [-301, 301, 10**6])
def test_too_old_and_from_the_future_are_refused(gateway, age):
    body = report().encode()

    with pytest.raises(SignatureRefused):
        gateway.verify_webhook(body, signing.sign(body, at=int(time.time()) - age))


@pytest.mark.parametrize(
    "signature",
    ["", "t=1", "v1=00", "t=,v1=", "t=١,v1=a", "t=x,v1=\x00", "t=1,t=2,v1=a", "é", "t=9,v1=é"],
)
def test_a_malformed_signature_is_refused(gateway, signature):
    with pytest.raises(SignatureRefused):
        gateway.verify_webhook(report().encode(), signature)


def test_another_body_or_secret_is_refused(gateway):
    body = report().encode()

    with pytest.raises(SignatureRefused):
        gateway.verify_webhook(body + b" ", signing.sign(body))
    with pytest.raises(SignatureRefused):
        gateway.verify_webhook(body, signing.sign(body, secret="foreign"))


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", report(id=3), report(id="x" * 81)])
def test_a_signed_body_that_is_no_report_is_refused(gateway, body):
    with pytest.raises(SignatureRefused):
        gateway.verify_webhook(body.encode(), signing.sign(body.encode()))
