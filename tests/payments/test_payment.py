import pytest

from market.payments.errors import AmountChanged, GatewayUnavailable
from market.payments.gateways.sandbox import store
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import Payment, SandboxPayment
from market.payments.services import payments as services

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


def start(purpose="order:1", cents=2100):
    return services.start_payment(
        purpose=purpose,
        cents=cents,
        currency="USD",
        description="An order",
        return_url="http://account.localhost/orders/1/",
    )


def test_a_repeated_start_is_the_same_attempt():
    first = start()

    assert start() == first
    assert (first.status, first.idempotency_key) == ("pending", "pi:order:1:1")
    assert "/sandbox/pay/" in first.pay_url
    assert SandboxPayment.objects.count() == 1


def test_another_amount_for_the_same_purpose_is_refused():
    start()

    with pytest.raises(AmountChanged):
        start(cents=1)

    assert Payment.objects.get().cents == 2100


def test_an_answer_that_got_lost_is_asked_for_with_the_same_key(settings):
    settings.PAYMENTS_URL = "sandbox://?fault=create"
    with pytest.raises(GatewayUnavailable):
        start()
    assert Payment.objects.get().status == "created"

    settings.PAYMENTS_URL = "sandbox://"
    payment = start()

    assert payment.gateway_ref == SandboxPayment.objects.get().ref
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("outcome", [Outcome.DECLINE, None])
def test_only_after_a_definite_no_there_is_another_attempt(outcome):
    payment = start()
    if outcome:
        store.decide(payment.gateway_ref, outcome)
        services.refresh_payment(payment=payment)
    else:
        services.cancel_payment(payment=payment)

    second = start()

    assert (second.attempt, second.idempotency_key) == (2, "pi:order:1:2")
    assert second.status == "pending"


def test_what_the_gateway_took_is_kept_and_never_taken_back():
    payment = start()
    store.decide(payment.gateway_ref, Outcome.APPROVE)
    services.refresh_payment(payment=payment)
    services.mark_settled(payment=payment)

    SandboxPayment.objects.update(status="declined")  # a late answer of another of its hosts
    services.refresh_payment(payment=payment)

    payment.refresh_from_db()
    assert (payment.status, payment.paid_cents, payment.paid_currency) == ("succeeded", 2100, "USD")
    assert payment.settled_at is not None


def test_cancelling_what_succeeded_says_so():
    payment = start()
    store.decide(payment.gateway_ref, Outcome.APPROVE)

    assert services.cancel_payment(payment=payment).status == "succeeded"


def test_a_key_that_was_used_for_something_else_ends_the_attempt():
    payment = start()
    Payment.objects.update(gateway_ref=None, status="created", description="Another")
    payment.refresh_from_db()

    services.refresh_payment(payment=payment)

    payment.refresh_from_db()
    assert payment.status == "failed"
    assert "idempotency key" in payment.failure
