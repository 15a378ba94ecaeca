"""Our Stripe gateway over the official SDK, against the stand-in."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from market.payments.errors import GatewayRefused, GatewayUnavailable
from market.payments.gateways.base import PaymentRequest, PayoutRequest, PayoutState, State
from market.payments.gateways.stripe import connection, declines
from market.payments.gateways.stripe.client import StripeGateway
from tests.standins.stripe import books

pytestmark = pytest.mark.usefixtures("on_stripe")
VERSION = "2026-10-28.endive"


@pytest.fixture
def gateway():
    return StripeGateway()


def request(**changes):
    asked = {
        "key": "pi:order:1:1", "cents": 2100, "currency": "USD", "description": "An order",
        "return_url": "http://account.localhost/orders/x/",
    }  # fmt: skip
    return PaymentRequest(**asked | changes)


def payout(**changes):
    asked = {
        "key": "payout:1", "cents": 5000, "currency": "USD", "destination": "acct_1",
        "description": "Earnings",
    }  # fmt: skip
    return PayoutRequest(**asked | changes)


def span():
    return timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)


@pytest.fixture
def payment(gateway):
    return gateway.create(request())


@pytest.fixture
def paid(gateway, payment, stand_in):
    stand_in.books.confirm(payment.ref, {})
    return gateway.retrieve(payment.ref)


def test_a_payment_is_an_intent_with_our_key(payment, stand_in):
    intent = stand_in.books.get("payment_intent", payment.ref)
    assert (payment.state, payment.cents, payment.currency) == (State.PENDING, 2100, "USD")
    assert payment.key == intent["metadata"]["key"] == "pi:order:1:1"
    assert f"/pay/{payment.ref}:" in payment.pay_url
    method, path, headers = stand_in.calls[0]
    assert (method, path) == ("POST", "/v1/payment_intents")
    assert headers["Idempotency-Key"] == "pi:order:1:1"
    assert headers["Stripe-Version"] == VERSION


def test_the_same_key_is_the_same_payment(gateway, payment, stand_in):
    assert gateway.create(request()) == payment
    with pytest.raises(GatewayRefused, match="same parameters"):
        gateway.create(request(cents=1900))

    assert len(stand_in.books.things["payment_intent"]) == 1


def test_an_answer_that_got_lost_is_asked_for_again(gateway, stand_in):
    stand_in.fault("lose")

    payment = gateway.create(request())

    assert list(stand_in.books.things["payment_intent"]) == [payment.ref]


def test_no_answer_at_all_is_no_answer(gateway, stand_in):
    stand_in.fault("lose", times=2)
    with pytest.raises(GatewayUnavailable):
        gateway.create(request())

    payment = gateway.create(request())

    assert list(stand_in.books.things["payment_intent"]) == [payment.ref]


@pytest.mark.parametrize("kind", ["error", "away", "limit", "conflict"])
def test_trouble_of_theirs_is_never_a_no(gateway, stand_in, kind):
    stand_in.fault(kind, times=2)

    with pytest.raises(GatewayUnavailable):
        gateway.create(request())


def test_a_failure_that_was_saved_for_the_key_stays(gateway, stand_in):
    """A 500 is kept like any other result: only when the key is forgotten may it be tried."""
    stand_in.fault("error")
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            gateway.create(request())

    stand_in.forget_keys()

    assert gateway.create(request()).state is State.PENDING


def test_it_does_not_wait_for_ever(gateway, stand_in, monkeypatch):
    monkeypatch.setattr(connection, "READ_SECONDS", 0.2)
    connection._client.cache_clear()
    stand_in.fault("hang", method="GET", times=2, seconds=1.0)
    try:
        with pytest.raises(GatewayUnavailable):
            gateway.retrieve("pi_1")
    finally:
        connection._client.cache_clear()


def test_a_wrong_key_says_nothing_about_the_payment(gateway, settings, stand_in):
    settings.STRIPE_SECRET_KEY = "rk_test_wrong"

    with pytest.raises(GatewayUnavailable):
        gateway.create(request())


def test_a_live_key_does_not_serve_a_test(gateway, settings):
    settings.STRIPE_SECRET_KEY = "sk_live_1"

    with pytest.raises(ImproperlyConfigured):
        gateway.create(request())


def test_what_is_of_the_other_mode_is_refused(gateway, stand_in):
    stand_in.books.livemode = True
    intent = stand_in.books.create_intent({"amount": "2100", "currency": "usd"})

    with pytest.raises(GatewayRefused, match="live mode"):
        gateway.retrieve(intent["id"])


def test_what_was_taken_is_what_they_say(paid):
    assert (paid.state, paid.cents, paid.failure) == (State.SUCCEEDED, 2100, "")


def test_the_bank_may_ask_first(gateway, payment, stand_in):
    stand_in.books.confirm(payment.ref, {"payment_method": "pm_card_authenticationRequired"})
    assert gateway.retrieve(payment.ref).state is State.PENDING

    stand_in.books.authenticate(payment.ref, passes=False)
    refused = gateway.retrieve(payment.ref)
    assert (refused.state, refused.failure) == (State.PENDING, declines.AUTHENTICATE)

    stand_in.books.confirm(payment.ref, {"payment_method": "pm_card_authenticationRequired"})
    stand_in.books.authenticate(payment.ref)
    assert gateway.retrieve(payment.ref).state is State.SUCCEEDED


@pytest.mark.parametrize("code", sorted(declines.MESSAGES))
def test_each_decline_has_words_and_another_card_may_be_tried(gateway, payment, stand_in, code):
    with pytest.raises(books.StripeError):
        stand_in.books.confirm(payment.ref, {"payment_method": books.ANY_DECLINE + code})

    declined = gateway.retrieve(payment.ref)

    assert (declined.state, declined.failure) == (State.PENDING, declines.MESSAGES[code])


@pytest.mark.parametrize("code", ["lost_card", "stolen_card", "fraudulent", "never_heard_of"])
def test_no_thief_learns_that_the_card_is_reported(gateway, payment, stand_in, code):
    with pytest.raises(books.StripeError):
        stand_in.books.confirm(payment.ref, {"payment_method": books.ANY_DECLINE + code})

    assert gateway.retrieve(payment.ref).failure == declines.DECLINED


def test_cancelling_says_what_it_is_now(gateway, payment, stand_in):
    for _ in range(2):
        assert gateway.cancel(payment.ref).state is State.CANCELLED


def test_what_succeeded_cannot_be_cancelled(gateway, paid):
    assert gateway.cancel(paid.ref).state is State.SUCCEEDED


def test_a_refund_is_made_once_a_key_however_late(gateway, paid, stand_in):
    first = gateway.refund(paid.ref, cents=500, key="re:refund:1")
    stand_in.forget_keys()

    again = gateway.refund(paid.ref, cents=500, key="re:refund:1")

    assert again == first == gateway.retrieve_refund(first.ref)
    assert (first.state, first.cents, first.key) == (State.SUCCEEDED, 500, "re:refund:1")
    assert len(stand_in.books.things["refund"]) == 1


def test_a_refund_whose_answer_was_lost_is_not_made_twice(gateway, paid, stand_in):
    stand_in.fault("lose", "/refunds", times=2)
    with pytest.raises(GatewayUnavailable):
        gateway.refund(paid.ref, cents=500, key="re:refund:1")
    stand_in.forget_keys()

    gateway.refund(paid.ref, cents=500, key="re:refund:1")

    assert len(stand_in.books.things["refund"]) == 1


def test_more_than_is_left_is_a_definite_no(gateway, paid):
    gateway.refund(paid.ref, cents=2000, key="re:1")

    with pytest.raises(GatewayRefused):
        gateway.refund(paid.ref, cents=101, key="re:2")


def test_what_the_bank_took_back_is_not_refunded(gateway, paid, stand_in):
    stand_in.books.open_dispute(paid.ref)

    with pytest.raises(GatewayRefused, match="charged back"):
        gateway.refund(paid.ref, cents=100, key="re:1")


def test_a_refund_may_wait_and_may_fail_later(gateway, payment, stand_in):
    stand_in.books.confirm(payment.ref, {"payment_method": "pm_card_pendingRefund"})
    refund = gateway.refund(payment.ref, cents=500, key="re:1")
    assert refund.state is State.PENDING

    stand_in.books.finish_refund(refund.ref, failure="expired_or_canceled_card")

    failed = gateway.retrieve_refund(refund.ref)
    assert (failed.state, failed.failure) == (State.FAILED, "expired_or_canceled_card")


def test_a_payout_is_a_transfer_once_a_key_however_late(gateway, stand_in):
    first = gateway.pay_out(payout())
    stand_in.forget_keys()

    assert gateway.pay_out(payout()) == first
    assert (first.state, first.cents, first.key) == (PayoutState.PAID, 5000, "payout:1")
    stand_in.books.reverse_transfer(first.ref)
    assert gateway.retrieve_payout(first.ref).state is PayoutState.FAILED
    assert len(stand_in.books.things["transfer"]) == 1


@pytest.mark.parametrize("change", [{"destination": "bank"}, {"cents": 10**9}])
def test_a_payout_that_cannot_be_is_refused(gateway, change):
    with pytest.raises(GatewayRefused):
        gateway.pay_out(payout(**change))


def test_a_dispute_tells_what_it_is(gateway, paid, stand_in):
    ref = stand_in.books.open_dispute(paid.ref)["id"]

    opened = gateway.retrieve_dispute(ref)
    stand_in.books.close_dispute(ref, "won")
    closed = gateway.retrieve_dispute(ref)

    assert (opened.payment_ref, opened.cents, opened.currency) == (paid.ref, 2100, "USD")
    assert (opened.is_open, opened.takes_money) == (True, True)
    assert (closed.is_open, closed.is_won, closed.takes_money) == (False, True, False)


def test_their_books_are_read_to_the_end(gateway, stand_in, monkeypatch):
    monkeypatch.setattr("market.payments.gateways.stripe.client.PAGE", 2)
    for number in range(5):
        one = gateway.create(request(key=f"pi:{number}"))
        stand_in.books.confirm(one.ref, {})
        gateway.refund(one.ref, cents=100, key=f"re:{number}")
        gateway.pay_out(payout(key=f"payout:{number}"))

    start, end = span()
    charges, refunds, payouts = (
        sorted((one.key, one.cents, one.currency) for one in listed(start, end))
        for listed in (gateway.list_charges, gateway.list_refunds, gateway.list_payouts)
    )

    assert charges == [(f"pi:{n}", 2100, "USD") for n in range(5)]
    assert refunds == [(f"re:{n}", 100, "USD") for n in range(5)]
    assert payouts == [(f"payout:{n}", 5000, "USD") for n in range(5)]
    refs = {one.ref for one in gateway.list_charges(start, end)}
    assert refs == set(stand_in.books.things["payment_intent"])
    told = {event.event_id for event in gateway.list_events(start)}
    assert told == set(stand_in.books.things["event"])


def test_no_time_is_no_question(gateway):
    start, end = span()

    with pytest.raises(GatewayRefused):
        list(gateway.list_charges(end, start))
