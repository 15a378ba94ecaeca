"""Reports from Stripe, and what pretends to be one: recorded, alarmed, and no money moves."""

import json
import threading
import time
from datetime import timedelta

import pytest
import stripe
from django.db import connection
from django.test import Client
from django.utils import timezone

from market.jobs.models import Job
from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.models import (
    Account,
    Dispute,
    Line,
    Payment,
    PaymentCase,
    PaymentRefund,
    ReconciliationCase,
    WebhookEvent,
)
from market.payments.selectors.ledger import trial_balance
from market.payments.services import events, refunds
from market.payments.tasks import sweep_events
from market.purchases.models import Purchase
from market.tenancy import hosts
from tests import factories
from tests.payments.conftest import WEBHOOK_SECRET
from tests.purchases import steps

pytestmark = pytest.mark.django_db
ADDRESS = "/payments/webhooks/stripe/"


@pytest.fixture
def payment(on_stripe, buyer):
    return steps.ask(steps.place(buyer, factories.make_item(price_cents=1900)))


@pytest.fixture
def stripe_calls(client_for, on_stripe):
    """Posts what Stripe would, signed as it signs."""
    visitor = client_for("account")

    def post(event, *, secret=WEBHOOK_SECRET, at=None, signed=None, signature=None):
        body = event if isinstance(event, str) else json.dumps(event)
        made = stripe.WebhookSignature.generate_signature_header(signed or body, secret, at)
        return visitor.post(
            ADDRESS,
            body.encode(),
            content_type="application/json",
            headers={"Stripe-Signature": made if signature is None else signature},
        ).status_code

    return post


def told(stand_in, kind):
    """The latest event of a kind, as Stripe has it."""
    found = [one for one in stand_in.books.things["event"].values() if one["type"] == kind]
    return found[-1]


def pay(stand_in, payment, **how):
    stand_in.books.confirm(payment.gateway_ref, how)
    return told(stand_in, "payment_intent.succeeded")


def test_a_signed_report_buys_by_a_job(payment, stand_in, stripe_calls):
    assert stripe_calls(pay(stand_in, payment)) == 200
    run_jobs(["default"])

    assert Purchase.objects.count() == 1
    assert WebhookEvent.objects.get().state == "done"
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="stripe") == -payment.cents


@pytest.mark.parametrize("age", [-301, 301, 10**6])
def test_too_old_and_from_the_future_are_refused(payment, stand_in, stripe_calls, age):
    event = pay(stand_in, payment)

    assert stripe_calls(event, at=int(time.time()) - age) == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    "signature",
    ["", "t=1", "v1=00", "t=,v1=", "t=١,v1=a", "t=x,v1=\x00", "t=1,t=2,v1=a", "é", "t=9,v1=é"],
)
def test_a_malformed_signature_is_refused(payment, stand_in, stripe_calls, signature):
    assert stripe_calls(pay(stand_in, payment), signature=signature) == 400
    assert not WebhookEvent.objects.exists()


def test_a_foreign_secret_is_refused_and_two_are_good_while_one_is_replaced(
    payment, stand_in, stripe_calls, settings
):
    event = pay(stand_in, payment)
    assert stripe_calls(event, secret="whsec_foreign") == 400
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", WEBHOOK_SECRET]
    assert stripe_calls(event, secret="whsec_new") == 200
    assert stripe_calls(event) == 200

    assert WebhookEvent.objects.count() == 1


@pytest.mark.parametrize("secrets", [[], [""], [" "]])
def test_without_a_secret_nothing_is_believed(payment, stand_in, stripe_calls, settings, secrets):
    settings.STRIPE_WEBHOOK_SECRETS = secrets

    assert stripe_calls(pay(stand_in, payment), secret=secrets[0] if secrets else "x") == 400


def test_a_body_that_was_written_anew_is_refused(payment, stand_in, stripe_calls):
    event = pay(stand_in, payment)

    assert stripe_calls(json.dumps(event, indent=1), signed=json.dumps(event)) == 400


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", "null", "1", '{"id": 3}', '{"id":"e","type":"x","livemode":false,"data":1}'],
)
def test_a_signed_body_that_is_no_report_is_refused(on_stripe, stripe_calls, body):
    assert stripe_calls(body) == 400
    assert not WebhookEvent.objects.exists()


def test_two_megabytes_are_refused_unread(on_stripe, stripe_calls):
    assert stripe_calls("x" * 2_500_000) == 413


def test_an_unknown_kind_is_stored_and_harmless(payment, stand_in, stripe_calls):
    event = pay(stand_in, payment) | {"type": "weather.changed"}

    assert stripe_calls(event) == 200
    run_jobs(["default"])

    assert WebhookEvent.objects.get().state == "done"
    assert not Purchase.objects.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"livemode": True}, "live mode"),
        ({"account": "acct_of_somebody"}, "acct_of_somebody"),
    ],
)
def test_a_report_for_another_mode_or_account_is_recorded_and_alarmed(
    payment, stand_in, stripe_calls, changes, says
):
    assert stripe_calls(pay(stand_in, payment) | changes) == 200
    run_jobs(["default"])

    event, case = WebhookEvent.objects.get(), ReconciliationCase.objects.get()
    assert event.state == "case"
    assert says in event.note
    assert (case.kind, case.ref) == ("event_foreign", event.event_id)
    assert not Purchase.objects.exists()
    assert not Line.objects.exists()


@pytest.mark.parametrize("known_there", [True, False])
def test_a_report_about_what_is_not_ours_is_a_case(on_stripe, stand_in, stripe_calls, known_there):
    intent = stand_in.books.create_intent({"amount": "5000", "currency": "usd"})
    stand_in.books.confirm(intent["id"], {})
    event = told(stand_in, "payment_intent.succeeded")
    if not known_there:
        stand_in.books.things["payment_intent"].clear()

    assert stripe_calls(event) == 200
    run_jobs(["default"])

    assert WebhookEvent.objects.get().state == "case"
    assert ReconciliationCase.objects.get().kind == "event_foreign"
    assert not Line.objects.exists()


def test_an_amount_that_differs_from_ours_is_a_case(payment, stand_in, stripe_calls):
    event = pay(stand_in, payment)
    stand_in.books.things["payment_intent"][payment.gateway_ref]["amount_received"] = 1

    stripe_calls(event)
    run_jobs(["default"])

    case = PaymentCase.objects.get()
    assert (case.reason, case.payment) == ("unexpected", payment)
    assert not Purchase.objects.exists()
    assert ledger.balance(kind=Account.Kind.CLEARING) == 1  # arrived, and for nothing yet


def test_another_currency_is_a_case(payment, stand_in, stripe_calls):
    event = pay(stand_in, payment)
    stand_in.books.things["payment_intent"][payment.gateway_ref]["currency"] = "jpy"

    stripe_calls(event)
    run_jobs(["default"])

    assert PaymentCase.objects.get().reason == "unexpected"
    assert ledger.balance(kind=Account.Kind.CLEARING, currency="JPY") == payment.cents
    assert trial_balance().is_sound


def test_any_order_and_number_buys_once(payment, stand_in, stripe_calls):
    pay(stand_in, payment)
    told_all = list(stand_in.books.things["event"].values())

    for event in [*reversed(told_all), *told_all]:
        assert stripe_calls(event) == 200
        run_jobs(["default"])

    assert Purchase.objects.count() == 1
    assert WebhookEvent.objects.count() == len(told_all)
    assert trial_balance().is_sound


@pytest.mark.django_db(transaction=True)
def test_fifty_copies_at_the_same_time_are_one(live_server, payment, stand_in):
    event = json.dumps(pay(stand_in, payment))
    answers = []

    def post():
        signature = stripe.WebhookSignature.generate_signature_header(event, WEBHOOK_SECRET)
        visitor = Client(SERVER_NAME=hosts.host("account").name)
        response = visitor.post(
            ADDRESS, event.encode(), content_type="application/json",
            headers={"Stripe-Signature": signature},
        )  # fmt: skip
        answers.append(response.status_code)
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    run_jobs(["default"])

    assert answers == [200] * 50
    assert WebhookEvent.objects.count() == 1
    assert Job.objects.filter(task_path__endswith="work_off_event").count() == 1
    assert Purchase.objects.count() == 1


def test_what_was_never_heard_is_swept_up(payment, stand_in):
    pay(stand_in, payment)

    assert events.fetch_events() == 2  # created and succeeded; the charge's is of no use to us
    assert events.fetch_events() == 0
    run_jobs(["default"])

    assert Purchase.objects.count() == 1


def test_what_was_heard_and_not_finished_is_taken_up(payment, stand_in, stripe_calls):
    stripe_calls(pay(stand_in, payment))
    Job.objects.all().delete()
    WebhookEvent.objects.update(received_at=timezone.now() - timedelta(hours=1))

    sweep_events.call()

    assert WebhookEvent.objects.get(kind="payment_intent.succeeded").state == "done"
    assert Purchase.objects.count() == 1


@pytest.fixture
def bought(payment, stand_in):
    pay(stand_in, payment)
    steps.settle(payment)
    payment.refresh_from_db()
    return payment


def test_a_refund_that_a_bank_sent_back_is_a_case(bought, stand_in, stripe_calls):
    refund = refunds.request_refund(payment=bought, cents=500, source="refund:1")
    run_jobs(["default"])
    refund.refresh_from_db()
    assert refund.status == "succeeded"

    stand_in.books.finish_refund(refund.gateway_ref, failure="lost_or_stolen_card")
    stripe_calls(told(stand_in, "refund.failed"))
    run_jobs(["default"])

    assert PaymentRefund.objects.get().status == "failed"
    assert ReconciliationCase.objects.get().kind == "refund_failed"


def test_a_refund_that_we_never_asked_for_is_a_case(bought, stand_in, stripe_calls):
    stand_in.books.create_refund({"payment_intent": bought.gateway_ref, "amount": "100"})

    stripe_calls(told(stand_in, "refund.created"))
    run_jobs(["default"])

    assert WebhookEvent.objects.get().state == "case"


def test_a_dispute_takes_the_purchase_and_a_won_one_gives_it_back(bought, stand_in, stripe_calls):
    ref = stand_in.books.open_dispute(bought.gateway_ref)["id"]
    for _ in range(2):
        stripe_calls(told(stand_in, "charge.dispute.created"))
        stripe_calls(told(stand_in, "charge.dispute.funds_withdrawn"))
        run_jobs(["default"])

    dispute = Dispute.objects.get()
    assert dispute.reversed_at is not None
    assert dispute.closed_at is None
    assert not Purchase.objects.get().is_valid
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="stripe") == 0

    stand_in.books.close_dispute(ref, "won")
    stripe_calls(told(stand_in, "charge.dispute.closed"))
    run_jobs(["default"])

    dispute.refresh_from_db()
    assert dispute.restored_at is not None
    assert Purchase.objects.get().is_valid
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="stripe") == -bought.paid_cents
    assert trial_balance().is_sound


def test_an_inquiry_and_one_that_was_won_at_once_take_nothing(bought, stand_in, stripe_calls):
    stand_in.books.open_dispute(bought.gateway_ref, inquiry=True)
    stripe_calls(told(stand_in, "charge.dispute.created"))
    run_jobs(["default"])
    assert Dispute.objects.get().reversed_at is None

    ref = stand_in.books.open_dispute(bought.gateway_ref)["id"]
    stand_in.books.close_dispute(ref, "won")  # before we hear of it at all
    stripe_calls(told(stand_in, "charge.dispute.created"))
    run_jobs(["default"])

    assert Purchase.objects.get().is_valid
    assert set(Dispute.objects.values_list("reversed_at", flat=True)) == {None}


def test_a_dispute_about_a_foreign_payment_is_a_case(on_stripe, stand_in, stripe_calls):
    intent = stand_in.books.create_intent({"amount": "5000", "currency": "usd"})
    stand_in.books.confirm(intent["id"], {})
    stand_in.books.open_dispute(intent["id"])

    stripe_calls(told(stand_in, "charge.dispute.created"))
    run_jobs(["default"])

    assert not Dispute.objects.exists()
    assert ReconciliationCase.objects.get().kind == "dispute_unknown"


def test_a_payment_without_a_name_is_found_by_its_key(payment, stand_in, stripe_calls):
    """The host died between Stripe's answer and our note of it."""
    event = pay(stand_in, payment)
    Payment.objects.update(gateway_ref=None, pay_url="", status="created")

    stripe_calls(event)
    run_jobs(["default"])

    assert Purchase.objects.count() == 1
