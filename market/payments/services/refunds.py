"""Money that goes back the way it came: stored first, then asked for, then asked about.

Lock order: the caller's order, then the payment's row, then in the ledger people's balances.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from market.payments import ledger, tasks
from market.payments.errors import GatewayRefused, PaymentRefused, RefundTooLarge
from market.payments.gateways import gateway
from market.payments.gateways.base import GatewayRefund, State
from market.payments.ledger import Move, Side
from market.payments.models import (
    Account,
    Payment,
    PaymentCase,
    PaymentRefund,
    ReconciliationCase,
    Transfer,
)
from market.payments.selectors.refunds import refundable_cents
from market.payments.services.cases import open_difference

logger = structlog.get_logger(__name__)
Status = PaymentRefund.Status
BATCH = 200
# A job asks at once; these are for refunds whose job was lost, or whose money takes days.
ASK_AGAIN_SECONDS = {Status.CREATED: 120, Status.PENDING: 3600}
_STATUS = {
    State.PENDING: Status.PENDING,
    State.SUCCEEDED: Status.SUCCEEDED,
    State.FAILED: Status.FAILED,
    State.CANCELLED: Status.FAILED,
}
# What an answer may replace. A bank can send back a refund that had succeeded.
_BEFORE: dict[str, tuple[str, ...]] = {
    Status.PENDING: (Status.CREATED, Status.PENDING),
    Status.SUCCEEDED: (Status.CREATED, Status.PENDING),
    Status.FAILED: (Status.CREATED, Status.PENDING, Status.SUCCEEDED),
}


def request_refund(*, payment: Payment, cents: int, source: str, reason: str = "") -> PaymentRefund:
    """Owe a part of a payment to who paid it, in the caller's transaction; a job sends it.

    Repeating a call with the same source returns the same refund. The caller books what it is
    for, and that the money leaves (`refund_paid`, clearing → gateway), in the same transaction.
    Raises RefundTooLarge.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A refund is owed in the transaction of what it is for.")
    paid = Payment.objects.select_for_update().get(pk=payment.pk)
    made = PaymentRefund.objects.filter(source=source).first()
    left = refundable_cents(paid)
    if made is not None:
        if (made.payment_id, made.cents) != (paid.pk, cents):
            raise RefundTooLarge(left)
        return made
    if not 0 < cents <= left:
        raise RefundTooLarge(left)
    refund = PaymentRefund.objects.create(
        payment=paid,
        source=source,
        cents=cents,
        currency=paid.paid_currency,
        idempotency_key=f"re:{source}",
        reason=reason[:200],
    )
    tasks.send_refund.enqueue(refund_id=refund.pk)
    return refund


def send_refund(*, refund: PaymentRefund) -> None:
    """Ask the gateway for a refund, or how it stands. Raises GatewayUnavailable.

    The same key makes the same refund, so an answer that got lost is simply asked for again.
    """
    payment = refund.payment
    there = gateway(payment.gateway)
    if refund.gateway_ref:
        _keep(refund, there.retrieve_refund(refund.gateway_ref))
        return
    try:
        answer = there.refund(
            payment.gateway_ref or "", cents=refund.cents, key=refund.idempotency_key
        )
    except GatewayRefused as refusal:
        _fail(refund, str(refusal))
    else:
        _keep(refund, answer)


def keep_reported(*, gateway_name: str, ref: str) -> None:
    """A gateway reported about a refund: ask how it stands. Raises GatewayUnavailable.

    Also GatewayRefused, for a refund that we never asked for.
    """
    answer = gateway(gateway_name).retrieve_refund(ref)
    refund = PaymentRefund.objects.filter(
        idempotency_key=answer.key, payment__gateway=gateway_name
    ).first()
    if refund is None:
        raise GatewayRefused(f"{ref} was never asked for.")
    _keep(refund, answer)


def recover_refunds() -> int:
    """Ask again about refunds whose outcome is open; returns how many were looked at.

    One that fails keeps no other waiting.
    """
    now = timezone.now()
    due = Q()
    for status, seconds in ASK_AGAIN_SECONDS.items():
        due |= Q(status=status, updated_at__lt=now - timedelta(seconds=seconds))
    found = list(PaymentRefund.objects.filter(due).select_related("payment")[:BATCH])
    PaymentRefund.objects.filter(pk__in=[one.pk for one in found]).update(updated_at=now)
    for refund in found:
        try:
            send_refund(refund=refund)
        except PaymentRefused:
            logger.warning("refund_not_recovered", refund=refund.source, exc_info=True)
        except Exception:
            logger.exception("refund_not_recovered", refund=refund.source)
    return len(found)


@transaction.atomic
def return_payment(*, payment: Payment, reason: str = "") -> PaymentRefund | None:
    """Give back all that is left of a payment that bought nothing, once.

    None if nothing is left. Staff do the same with a payment that fits no order.
    """
    paid = Payment.objects.select_for_update().get(pk=payment.pk)
    source = f"return:{paid.pk}"
    made = PaymentRefund.objects.filter(source=source).first()
    left = refundable_cents(paid)
    if made is not None or not left:
        return made
    book_arrival(payment=paid)
    refund = request_refund(payment=paid, cents=left, source=source, reason=reason)
    leaves = Move(
        source=source,
        code=Transfer.Kind.REFUND_PAID,
        cents=left,
        payer=Side(Account.Kind.CLEARING),
        receiver=Side(Account.Kind.GATEWAY, paid.gateway),
    )
    ledger.book([leaves], currency=paid.paid_currency)
    return refund


def book_arrival(*, payment: Payment) -> None:
    """Book money that is not for what it was meant for: gateway → clearing, once a payment.

    It stays in the clearing account until it is given back or staff move it on.
    """
    source = f"payment:{payment.pk}"
    Payment.objects.select_for_update().get(pk=payment.pk)
    if not payment.paid_cents or Transfer.objects.filter(source=source).exists():
        return
    giver, receiver = Side(Account.Kind.GATEWAY, payment.gateway), Side(Account.Kind.CLEARING)
    # Only money of a currency that we never asked for makes new ones.
    ledger.open_accounts(sides=[giver, receiver], currency=payment.paid_currency)
    arrives = Move(
        source=source,
        code=Transfer.Kind.PAYMENT,
        cents=payment.paid_cents,
        payer=giver,
        receiver=receiver,
    )
    ledger.book([arrives], currency=payment.paid_currency)


def _fail(refund: PaymentRefund, failure: str) -> None:
    """The money stays with the gateway, though the books say that it left: staff decide."""
    now = timezone.now()
    with transaction.atomic():
        changed = PaymentRefund.objects.filter(
            pk=refund.pk, status__in=_BEFORE[Status.FAILED]
        ).update(status=Status.FAILED, failure=failure[:200], updated_at=now)
        if changed:
            open_difference(
                gateway=refund.payment.gateway,
                kind=ReconciliationCase.Kind.REFUND_FAILED,
                ref=refund.source,
                note=f"{refund.cents} {refund.currency} of {refund.payment}: {failure}",
            )
    refund.refresh_from_db()


def _keep(refund: PaymentRefund, answer: GatewayRefund) -> None:
    """Keep the gateway's answer unless we know better already."""
    if answer.cents != refund.cents:
        open_difference(
            gateway=refund.payment.gateway,
            kind=ReconciliationCase.Kind.REFUND_DIFFERS,
            ref=answer.ref,
            note=f"{refund.source}: {answer.cents} cents were given back, not {refund.cents}",
        )
    status = _STATUS[answer.state]
    now = timezone.now()
    with transaction.atomic():
        PaymentRefund.objects.filter(pk=refund.pk, gateway_ref=None).update(gateway_ref=answer.ref)
        if status == Status.FAILED:
            _fail(refund, answer.failure or answer.state)
            return
        kept = PaymentRefund.objects.filter(pk=refund.pk, status__in=_BEFORE[status])
        if kept.update(status=status, updated_at=now) and status == Status.SUCCEEDED:
            _close(refund.payment)
    refund.refresh_from_db()


def _close(payment: Payment) -> None:
    """When all of a payment is back, its case is closed."""
    # Two parts may succeed at the same time: the last to commit must see the other.
    paid = Payment.objects.select_for_update().get(pk=payment.pk)
    back = paid.refunds.filter(status=Status.SUCCEEDED).aggregate(cents=Sum("cents"))["cents"] or 0
    if back < (paid.paid_cents or 0):
        return
    now = timezone.now()
    Payment.objects.filter(pk=paid.pk, refunded_at=None).update(refunded_at=now)
    PaymentCase.objects.filter(payment=paid, resolved_at=None).update(
        resolved_at=now, resolution="Refunded in full."
    )
