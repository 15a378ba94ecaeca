"""The sandbox gateway's own side: its payments, what the buyer decides, the reports it owes."""

from enum import StrEnum
from uuid import uuid4

from django.db import transaction

from market.core.ids import new_token
from market.payments.errors import GatewayRefused
from market.payments.gateways.base import PaymentRequest
from market.payments.gateways.sandbox import tasks
from market.payments.models import SandboxPayment, SandboxReport

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
def refund(ref: str) -> None:
    """Raises GatewayRefused for what was never paid; a repeat changes nothing."""
    moved = _move(ref, (Status.SUCCEEDED,), Status.REFUNDED, "payment.refunded")
    if not moved and not SandboxPayment.objects.filter(ref=ref, status=Status.REFUNDED).exists():
        raise GatewayRefused("Only what was paid can be given back.")


def _move(ref: str, before: tuple[str, ...], after: str, kind: str) -> bool:
    """The status decides by itself who comes first; its report is owed from the same moment."""
    changed = SandboxPayment.objects.filter(ref=ref, status__in=before).update(status=after)
    if not changed:
        return False
    report = SandboxReport.objects.create(
        key=uuid4(), payment=SandboxPayment.objects.get(ref=ref), kind=kind
    )
    for _ in range(COPIES):
        tasks.deliver_report.enqueue(report_id=report.pk)
    return True
