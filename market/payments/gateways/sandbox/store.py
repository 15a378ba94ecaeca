"""The sandbox gateway's own side: its payments, what the buyer decides, the reports it owes."""

from enum import StrEnum
from uuid import uuid4

from django.db import transaction

from market.core.ids import new_token
from market.payments.errors import GatewayRefused
from market.payments.gateways.base import PaymentRequest, PayoutRequest
from market.payments.gateways.sandbox import tasks
from market.payments.models import SandboxPayment, SandboxPayout, SandboxRefund, SandboxReport

Status = SandboxPayment.Status
UNDECIDED = (Status.OPEN, Status.NEEDS_STEP)
# A real gateway reports at least once; this one always reports twice.
COPIES = 2


class Outcome(StrEnum):
    """What the buyer can do on the gateway's page."""

    APPROVE = "approve"
    DECLINE = "decline"
    STEP = "step"  # the bank asks for a second step first


_BECOMES = {
    Outcome.APPROVE: (UNDECIDED, Status.SUCCEEDED, "payment.succeeded"),
    Outcome.DECLINE: (UNDECIDED, Status.DECLINED, "payment.failed"),
    Outcome.STEP: ((Status.OPEN,), Status.NEEDS_STEP, "payment.requires_action"),
}


# durable: nobody calls a gateway inside a transaction of his own, this one neither.
@transaction.atomic(durable=True)
def create(request: PaymentRequest) -> SandboxPayment:
    """The same key answers with the same payment; with other parameters it is refused."""
    payment, _ = SandboxPayment.objects.get_or_create(
        idempotency_key=request.key,
        defaults={
            "ref": f"sbx_{new_token()}",
            "cents": request.cents,
            "currency": request.currency,
            "description": request.description,
            "return_url": request.return_url,
        },
    )
    asked = (request.cents, request.currency, request.description, request.return_url)
    if asked != (payment.cents, payment.currency, payment.description, payment.return_url):
        raise GatewayRefused("This idempotency key was used with other parameters.")
    return payment


@transaction.atomic(durable=True)
def cancel(ref: str) -> None:
    _move(ref, UNDECIDED, Status.CANCELLED, "payment.cancelled")


@transaction.atomic(durable=True)
def decide(ref: str, outcome: Outcome) -> bool:
    """Do what the buyer pressed; False if it was decided before (he pressed twice)."""
    before, after, kind = _BECOMES[outcome]
    return _move(ref, before, after, kind)


@transaction.atomic(durable=True)
def refund(ref: str, *, cents: int, key: str) -> SandboxRefund:
    """Give a part back, once a key. Raises GatewayRefused for more than is left."""
    payment = SandboxPayment.objects.select_for_update().filter(ref=ref).first()
    if payment is None or payment.status not in (Status.SUCCEEDED, Status.REFUNDED):
        raise GatewayRefused("Only what was paid can be given back.")
    made = SandboxRefund.objects.filter(idempotency_key=key).first()
    if made is not None:
        if (made.payment_id, made.cents) != (payment.pk, cents):
            raise GatewayRefused("This idempotency key was used with other parameters.")
        return made
    left = payment.cents - sum(payment.refunds.values_list("cents", flat=True))
    if not 0 < cents <= left:
        raise GatewayRefused(f"Only {left} cents are left to give back.")
    made = SandboxRefund.objects.create(
        payment=payment, ref=f"sbr_{new_token()}", idempotency_key=key, cents=cents
    )
    if cents == left:
        SandboxPayment.objects.filter(pk=payment.pk).update(status=Status.REFUNDED)
    _report(payment, "payment.refunded")
    return made


@transaction.atomic(durable=True)
def pay_out(request: PayoutRequest) -> SandboxPayout:
    """The same key answers with the same payout; its own job says later how it ended."""
    payout, created = SandboxPayout.objects.get_or_create(
        idempotency_key=request.key,
        defaults={
            "ref": f"sbo_{new_token()}",
            "cents": request.cents,
            "currency": request.currency,
            "destination": request.destination,
            "description": request.description,
        },
    )
    asked = (request.cents, request.currency, request.destination)
    if asked != (payout.cents, payout.currency, payout.destination):
        raise GatewayRefused("This idempotency key was used with other parameters.")
    if created:
        tasks.finish_payout.enqueue(payout_id=payout.pk)
    return payout


def _move(ref: str, before: tuple[str, ...], after: str, kind: str) -> bool:
    """The status decides by itself who comes first; its report is owed from the same moment."""
    changed = SandboxPayment.objects.filter(ref=ref, status__in=before).update(status=after)
    if not changed:
        return False
    _report(SandboxPayment.objects.get(ref=ref), kind)
    return True


def _report(payment: SandboxPayment, kind: str) -> None:
    report = SandboxReport.objects.create(key=uuid4(), payment=payment, kind=kind)
    for _ in range(COPIES):
        tasks.deliver_report.enqueue(report_id=report.pk)
