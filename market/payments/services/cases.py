"""Differences between a gateway and our books: each is opened once, and left to staff."""

import structlog

from market.payments.models import ReconciliationCase

logger = structlog.get_logger(__name__)


def open_difference(*, gateway: str, kind: str, ref: str, note: str) -> bool:
    """False if it was open before, or was resolved: staff are told once."""
    _, created = ReconciliationCase.objects.get_or_create(
        gateway=gateway, kind=kind, ref=ref[:120], defaults={"note": note[:500]}
    )
    if created:
        logger.error("reconciliation_case", gateway=gateway, kind=kind, ref=ref, note=note)
    return created
