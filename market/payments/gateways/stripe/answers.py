"""Stripe's objects in our words."""

from datetime import UTC, datetime

import stripe

from market.payments.gateways.base import (
    GatewayDispute,
    GatewayPayment,
    GatewayPayout,
    GatewayRefund,
    Listed,
    PayoutState,
    State,
)
from market.payments.gateways.stripe.connection import check_mode
from market.payments.gateways.stripe.declines import message

# The key of ours that each object carries, so that we know it again.
KEY = "key"
# https://docs.stripe.com/payments/paymentintents/lifecycle. A declined intent waits for another
# card (requires_payment_method), so it is not over.
_PAYMENT_STATES = {"succeeded": State.SUCCEEDED, "canceled": State.CANCELLED}
# https://docs.stripe.com/api/refunds/object: pending, requires_action, succeeded, failed, canceled
_REFUND_STATES = {
    "succeeded": State.SUCCEEDED,
    "failed": State.FAILED,
    "canceled": State.CANCELLED,
}
# https://docs.stripe.com/api/disputes/object
_CLOSED = ("won", "lost", "warning_closed", "prevented")


def payment_of(intent: stripe.PaymentIntent, pay_url: str) -> GatewayPayment:
    check_mode(intent.livemode)
    state = _PAYMENT_STATES.get(intent.status, State.PENDING)
    error = getattr(intent, "last_payment_error", None)
    failed = error is not None and state is State.PENDING
    return GatewayPayment(
        ref=intent.id,
        key=key_of(intent),
        state=state,
        cents=_taken(intent) if state is State.SUCCEEDED else intent.amount,
        currency=intent.currency.upper(),
        pay_url=pay_url,
        failure=message(_field(error, "decline_code"), _field(error, "code")) if failed else "",
    )


def _taken(intent: stripe.PaymentIntent) -> int:
    """We never capture a part: an answer that does not say how much means all of it."""
    taken: int = getattr(intent, "amount_received", intent.amount)
    return taken


def refund_of(refund: stripe.Refund) -> GatewayRefund:
    state = _REFUND_STATES.get(refund.status or "", State.PENDING)
    return GatewayRefund(
        ref=refund.id,
        key=key_of(refund),
        state=state,
        cents=refund.amount,
        payment_ref=id_of(refund.payment_intent),
        failure=_field(refund, "failure_reason") or "" if state is State.FAILED else "",
    )


def payout_of(transfer: stripe.Transfer) -> GatewayPayout:
    """A transfer to a connected account is there at once; only a reversal takes it back."""
    check_mode(transfer.livemode)
    came_back = transfer.amount_reversed >= transfer.amount
    return GatewayPayout(
        ref=transfer.id,
        key=key_of(transfer),
        state=PayoutState.FAILED if came_back else PayoutState.PAID,
        cents=transfer.amount,
        failure="The transfer was reversed." if came_back else "",
    )


def dispute_of(dispute: stripe.Dispute) -> GatewayDispute:
    check_mode(dispute.livemode)
    return GatewayDispute(
        ref=dispute.id,
        payment_ref=id_of(dispute.payment_intent),
        cents=dispute.amount,
        currency=dispute.currency.upper(),
        status=dispute.status,
        reason=dispute.reason,
        is_open=dispute.status not in _CLOSED,
        is_won=dispute.status == "won",
        # https://docs.stripe.com/disputes/how-disputes-work: an inquiry (warning_…) moves none
        takes_money=dispute.status in ("needs_response", "under_review", "lost"),
    )


def listed(one: stripe.Charge | stripe.Refund | stripe.Transfer, *, ref: str = "") -> Listed:
    return Listed(
        ref=ref or one.id,
        key=key_of(one),
        cents=one.amount,
        currency=one.currency.upper(),
        state=_field(one, "status") or "",
        created_at=datetime.fromtimestamp(one.created, tz=UTC),
    )


def key_of(thing: object) -> str:
    """Ours, or empty for what we never asked for."""
    return _field(getattr(thing, "metadata", None), KEY) or ""


def id_of(reference: object) -> str:
    """Of an object that may be given whole, by its id, or not at all."""
    return reference if isinstance(reference, str) else (_field(reference, "id") or "")


def _field(thing: object, name: str) -> str | None:
    """Fields that Stripe leaves out when they are empty."""
    value = getattr(thing, name, None)
    return value if isinstance(value, str) else None
