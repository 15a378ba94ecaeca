"""What banks want back, as the gateway tells it. What it means for purchases is not known here."""

from django.utils import timezone

from market.payments.gateways import gateway
from market.payments.models import Dispute, Payment, ReconciliationCase
from market.payments.services.cases import open_difference


def keep_dispute(*, gateway_name: str, ref: str) -> Dispute | None:
    """Ask the gateway how a dispute stands, and keep it.

    None, and a case, if it is about a payment that we do not know. Raises GatewayUnavailable,
    and GatewayRefused for what is none.
    """
    told = gateway(gateway_name).retrieve_dispute(ref)
    payment = Payment.objects.filter(gateway=gateway_name, gateway_ref=told.payment_ref).first()
    if payment is None:
        _open_case(gateway_name, ref, f"{told.cents} {told.currency} of {told.payment_ref}")
        return None
    facts = {
        "cents": told.cents,
        "currency": told.currency,
        "status": told.status[:40],
        "reason": told.reason[:60],
        "takes_money": told.takes_money,
        "is_won": told.is_won,
    }
    Dispute.objects.get_or_create(gateway_ref=ref, defaults={"payment": payment, **facts})
    kept = Dispute.objects.filter(gateway_ref=ref)
    kept.update(**facts)
    if not told.is_open:
        kept.filter(closed_at=None).update(closed_at=timezone.now())
    return kept.select_related("payment").get()


def mark_reversed(*, dispute: Dispute) -> None:
    Dispute.objects.filter(pk=dispute.pk, reversed_at=None).update(reversed_at=timezone.now())


def mark_restored(*, dispute: Dispute) -> None:
    Dispute.objects.filter(pk=dispute.pk, restored_at=None).update(restored_at=timezone.now())


def leave_to_staff(*, dispute: Dispute, note: str) -> None:
    _open_case(dispute.payment.gateway, dispute.gateway_ref, note)


def _open_case(gateway_name: str, ref: str, note: str) -> None:
    kind = ReconciliationCase.Kind.DISPUTE_UNKNOWN
    open_difference(gateway=gateway_name, kind=kind, ref=ref, note=note)
