"""Whether a VAT number frees its holder from tax. While nobody knows, tax is charged."""

from datetime import timedelta

from django.utils import timezone

from market.payments import vat
from market.payments.models import VatCheck

# A yes of the register holds for so long; a number that failed is asked about again at once,
# since it may have been registered meanwhile.
VALID_DAYS = 1


def check_vat_id(*, vat_id: str) -> VatCheck:
    """The register's answer, of today or asked for now and kept as evidence.

    Call it outside transactions. Raises VatServiceUnavailable.
    """
    known = known_check(vat_id=vat_id)
    if known is not None:
        return known
    answer = vat.ask(vat_id)
    return VatCheck.objects.create(
        vat_id=vat_id, is_valid=answer.is_valid, name=answer.name, receipt=answer.receipt
    )


def known_check(*, vat_id: str, days: int = VALID_DAYS) -> VatCheck | None:
    """The last answer, if it said yes and is not too old. Asks nobody."""
    fresh = VatCheck.objects.filter(
        vat_id=vat_id, checked_at__gt=timezone.now() - timedelta(days=days)
    )
    last = fresh.order_by("-checked_at").first()
    return last if last is not None and last.is_valid else None
