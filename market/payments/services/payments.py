"""Payments: stored first, then asked for, then asked about. What they pay for is not known here."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from market.payments.errors import AmountChanged, GatewayRefused
from market.payments.gateways import gateway, gateway_name
from market.payments.gateways.base import GatewayPayment, PaymentRequest, State
from market.payments.models import Payment, PaymentCase
from market.payments.services import refunds

logger = structlog.get_logger(__name__)
Status = Payment.Status
# What an answer may replace: a later answer of the gateway never takes a payment back.
_BEFORE: dict[str, tuple[str, ...]] = {
    Status.PENDING: (Status.CREATED, Status.PENDING),
    Status.FAILED: (Status.CREATED, Status.PENDING),
    Status.CANCELLED: (Status.CREATED, Status.PENDING),
    Status.SUCCEEDED: (Status.CREATED, Status.PENDING, Status.FAILED, Status.CANCELLED),
}
_STATUS = {
    State.PENDING: Status.PENDING,
    State.SUCCEEDED: Status.SUCCEEDED,
    State.FAILED: Status.FAILED,
    State.CANCELLED: Status.CANCELLED,
}


def start_payment(
    *, purpose: str, cents: int, currency: str, description: str, return_url: str
) -> Payment:
    """The payment to send the buyer to (`pay_url`); repeating the call returns the same attempt.

    The attempt and its key are committed before the gateway hears of them. Another attempt is
    made only after the gateway definitely refused the last one. Raises GatewayUnavailable (the
    attempt stays, and is taken up by the next call or by recovery), AmountChanged.
    """
    payment = _store_attempt(
        purpose=purpose,
        cents=cents,
        currency=currency,
        description=description,
        return_url=return_url,
    )
    return refresh_payment(payment=payment) if payment.status == Status.CREATED else payment


def refresh_payment(*, payment: Payment) -> Payment:
    """Ask the gateway how a payment stands, and keep the answer. Raises GatewayUnavailable.

    One that the gateway has not named yet is asked for again with its own key: that makes it, or
    answers with what was made when the first answer got lost. A definite no ends the attempt.
    """
    there = gateway(payment.gateway)
    if payment.gateway_ref:
        return _keep(payment, there.retrieve(payment.gateway_ref))
    try:
        answer = there.create(_request(payment))
    except GatewayRefused as refusal:
        return _fail(payment, str(refusal))
    return _keep(payment, answer)


def cancel_payment(*, payment: Payment) -> Payment:
    """Ask the gateway to take no money for it any more.

    The payment returned says what became of it: it may have succeeded before.
    Raises GatewayUnavailable.
    """
    if payment.status == Status.SUCCEEDED or payment.is_over:
        return payment
    if payment.gateway_ref is None:
        payment = refresh_payment(payment=payment)
    if payment.gateway_ref is None:
        return payment
    return _keep(payment, gateway(payment.gateway).cancel(payment.gateway_ref))


def mark_settled(*, payment: Payment) -> None:
    """What it paid for was booked: recovery need not look at it again."""
    Payment.objects.filter(pk=payment.pk, settled_at=None).update(settled_at=timezone.now())


@transaction.atomic
def open_case(*, payment: Payment, reason: str, note: str) -> PaymentCase:
    """Leave a payment to staff; a payment has one case, however often it is reported.

    Its money is booked as arrived for nothing yet, so that the gateway's account stays true.
    """
    case, created = PaymentCase.objects.get_or_create(
        payment=payment, defaults={"reason": reason, "note": note[:500]}
    )
    mark_settled(payment=payment)
    refunds.book_arrival(payment=payment)
    if created:
        logger.error("payment_case", payment=payment.idempotency_key, reason=reason, note=note)
    return case


@transaction.atomic
def give_back(
    *, payment: Payment, note: str, reason: str = PaymentCase.Reason.GOODS_GONE
) -> PaymentCase:
    """Open a case for money that can buy nothing any more, and have a job return all of it."""
    case = open_case(payment=payment, reason=reason, note=note)
    refunds.return_payment(payment=payment, reason=note)
    return case


def payment_as_told(*, gateway_name: str, ref: str) -> Payment:
    """The payment that a report is about, as the gateway itself says it stands now.

    Reports come in any order, even before we have heard the payment's name: the gateway gives
    our own key back, which was stored before it knew anything.
    Raises GatewayUnavailable, and GatewayRefused if it is about something that is not ours.
    """
    answer = gateway(gateway_name).retrieve(ref)
    payment = Payment.objects.filter(idempotency_key=answer.key, gateway=gateway_name).first()
    if payment is None:
        raise GatewayRefused(f"{ref} was never asked for.")
    return _keep(payment, answer)


def unsettled_payments(*, older_than_seconds: int, limit: int) -> list[Payment]:
    """Payments that recovery must look at, the longest neglected first.

    Each is marked as looked at, so that one that stays open does not keep others waiting.
    """
    now = timezone.now()
    found = list(
        Payment.objects.filter(
            settled_at=None, updated_at__lt=now - timedelta(seconds=older_than_seconds)
        ).order_by("updated_at")[:limit]
    )
    Payment.objects.filter(pk__in=[one.pk for one in found]).update(updated_at=now)
    return found


@transaction.atomic(durable=True)
def _store_attempt(
    *, purpose: str, cents: int, currency: str, description: str, return_url: str
) -> Payment:
    last = Payment.objects.filter(purpose=purpose).order_by("-attempt").first()
    if last is None or last.is_over:
        number = last.attempt + 1 if last else 1
        # Two tabs: the unique key of (purpose, attempt) makes this one attempt.
        last, _ = Payment.objects.get_or_create(
            purpose=purpose,
            attempt=number,
            defaults={
                "gateway": gateway_name(),
                "idempotency_key": f"pi:{purpose}:{number}",
                "cents": cents,
                "currency": currency,
                "description": description,
                "return_url": return_url,
            },
        )
    if (last.cents, last.currency) != (cents, currency):
        raise AmountChanged
    return last


def _request(payment: Payment) -> PaymentRequest:
    return PaymentRequest(
        key=payment.idempotency_key,
        cents=payment.cents,
        currency=payment.currency,
        description=payment.description,
        return_url=payment.return_url,
    )


def _fail(payment: Payment, failure: str) -> Payment:
    """The gateway would not even make it."""
    Payment.objects.filter(pk=payment.pk, gateway_ref=None).update(
        status=Status.FAILED, failure=failure[:200], settled_at=timezone.now()
    )
    payment.refresh_from_db()
    return payment


def _keep(payment: Payment, answer: GatewayPayment) -> Payment:
    """Keep the gateway's answer unless we know better already; returns the row as it is now."""
    status = _STATUS[answer.state]
    now = timezone.now()
    values: dict[str, object] = {
        "status": status,
        "gateway_ref": answer.ref,
        "pay_url": answer.pay_url,
        "failure": answer.failure[:200],
        "updated_at": now,
    }
    if status == Status.SUCCEEDED:
        # Late money: whatever we thought of the attempt, it has to be booked now.
        values |= {"paid_cents": answer.cents, "paid_currency": answer.currency}
        values["settled_at"] = None
    elif status != Status.PENDING:
        values["settled_at"] = now
    Payment.objects.filter(pk=payment.pk, status__in=_BEFORE[status]).update(**values)
    payment.refresh_from_db()
    return payment
