import json

import pytest

from market.jobs.models import Job
from market.jobs.testing import run_jobs
from market.payments.gateways.sandbox import signing
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import SandboxReport, WebhookEvent
from market.purchases.models import Purchase
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
ADDRESS = "/payments/webhooks/sandbox/"


@pytest.fixture
def gateway_calls(client_for):
    """Posts what a gateway would."""
    client = client_for("account")

    def post(body, signature=None, address=ADDRESS):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        header = signing.sign(text) if signature is None else signature
        return client.post(
            address,
            text,
            content_type="application/json",
            headers={signing.HEADER: header},
        )

    return post


@pytest.fixture
def payment(buyer, settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""  # the tests report by themselves
    return steps.ask(steps.place(buyer, factories.make_item()))


def event_about(payment, number=1, kind="payment.succeeded"):
    return {"id": f"event{number}", "type": kind, "payment": payment.gateway_ref}


def test_a_report_is_stored_and_worked_off_by_a_job(payment, gateway_calls):
    steps.decide(payment)

    response = gateway_calls(event_about(payment))

    assert response.status_code == 200
    assert not Purchase.objects.exists()
    run_jobs(["default"])
    assert Purchase.objects.get().buyer.username == "buyer"
    event = WebhookEvent.objects.get()
    assert (event.state, event.gateway_ref) == ("done", payment.gateway_ref)


def test_reports_in_any_number_and_order_buy_once(payment, gateway_calls):
    steps.decide(payment)

    for number in (3, 1, 1, 2, 3):
        gateway_calls(event_about(payment, number))
        run_jobs(["default"])

    assert Purchase.objects.count() == 1
    assert WebhookEvent.objects.count() == 3


def test_what_the_report_says_is_not_believed(payment, gateway_calls):
    """It says succeeded; the gateway, asked, says that it waits for the buyer."""
    gateway_calls(event_about(payment))
    run_jobs(["default"])

    assert not Purchase.objects.exists()
    payment.refresh_from_db()
    assert payment.status == "pending"


def test_a_report_before_we_know_the_payments_name_is_no_loss(payment, gateway_calls):
    """The host died between the gateway's answer and our note of it: the key finds the row."""
    steps.decide(payment)
    type(payment).objects.update(gateway_ref=None, pay_url="", status="created")

    gateway_calls(event_about(payment))
    run_jobs(["default"])

    assert Purchase.objects.count() == 1


def test_an_unknown_kind_is_stored_and_harmless(payment, gateway_calls):
    gateway_calls({"id": "event1", "type": "weather.changed"})
    run_jobs(["default"])

    assert WebhookEvent.objects.get().state == "done"


def test_a_report_about_a_payment_that_is_not_ours_is_a_case(payment, gateway_calls):
    gateway_calls({"id": "event1", "type": "payment.succeeded", "payment": "sbx_foreign"})
    run_jobs(["default"])

    assert WebhookEvent.objects.get().state == "case"


def test_a_gateway_that_is_away_is_asked_again_later(payment, gateway_calls, settings):
    steps.decide(payment)
    gateway_calls(event_about(payment))
    settings.PAYMENTS_URL = "sandbox://?fault=retrieve"
    run_jobs(["default"], raise_errors=False)
    assert Job.objects.get(task_path__endswith="work_off_event").state == "ready"

    settings.PAYMENTS_URL = "sandbox://"
    Job.objects.filter(state="ready").update(available_at="2020-01-01T00:00:00Z")
    run_jobs(["default"])

    assert Purchase.objects.count() == 1


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "rubbish"])
def test_an_unsigned_report_is_refused(payment, gateway_calls, signature):
    assert gateway_calls(event_about(payment), signature).status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"x" * 300_000, 413), (b"x" * 2_200_000, 413), (b"\xff\xfe", 400), (b'{"id": "1', 400)],
)
def test_what_is_no_report_is_refused(db, gateway_calls, body, status):
    assert gateway_calls(body).status_code == status


def test_an_unknown_gateway_is_not_found(db, gateway_calls):
    assert gateway_calls({"id": "1"}, address="/payments/webhooks/paypal/").status_code == 404


def test_a_webhook_is_only_posted_to(db, client_for):
    assert client_for("account").get(ADDRESS).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_gateway_reports_twice_over_http(live_server, buyer, settings):
    """The whole way: a job of the gateway, a socket, the inbox, a job of ours."""
    settings.SANDBOX_WEBHOOK_ADDRESS = live_server.url
    payment = steps.ask(steps.place(buyer, factories.make_item()))

    steps.decide(payment, Outcome.APPROVE)
    run_jobs(["default", "mail"])

    assert Job.objects.filter(task_path__endswith="deliver_report", state="done").count() == 2
    assert SandboxReport.objects.get().delivered_at is not None
    assert WebhookEvent.objects.count() == 1
    assert Purchase.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_gateway_reports_again_until_it_is_heard(live_server, buyer, settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = "http://127.0.0.1:9"  # nobody listens
    payment = steps.ask(steps.place(buyer, factories.make_item()))
    steps.decide(payment)
    run_jobs(["default"], raise_errors=False)
    assert SandboxReport.objects.get().delivered_at is None

    settings.SANDBOX_WEBHOOK_ADDRESS = live_server.url
    Job.objects.filter(state="ready").update(available_at="2020-01-01T00:00:00Z")
    run_jobs(["default"])

    assert SandboxReport.objects.get().delivered_at is not None
    assert Purchase.objects.count() == 1


def test_nobody_can_know_the_secret_that_signs_by_default(payment, gateway_calls, settings):
    assert len(settings.PAYMENTS_WEBHOOK_SECRET) == 64
    body = json.dumps(event_about(payment)).encode()

    forged = gateway_calls(body, signing.sign(body, secret="sandbox-webhook-secret"))

    assert forged.status_code == 400
