"""What a paid line of support does: it moves the end of support, once."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from market.core.months import add_months
from market.purchases.errors import GoodsGone
from market.purchases.models import OrderLine, Purchase, SupportPeriod
from market.purchases.selectors.support import is_too_far_ahead


def prolong(lines: Sequence[OrderLine]) -> None:
    """Add the months of these lines, in the transaction that makes their order paid.

    They begin where support ends, or now if it has ended. The purchases are locked: of two
    orders for the same months the second has nothing to add. Raises GoodsGone: then the money
    goes back.
    """
    if not lines:
        return
    now = timezone.now()
    wanted = {line.supported_id: line for line in lines if line.supported_id}
    locked = Purchase.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    for purchase in locked:
        _prolong(purchase, wanted[purchase.pk], now)


def _prolong(purchase: Purchase, line: OrderLine, now: datetime) -> None:
    if not purchase.is_valid:
        raise GoodsGone(f"purchase {purchase.pk} was given back")
    starts_at = max(purchase.support_until or now, now)
    ends_at = add_months(starts_at, line.support_months)
    if is_too_far_ahead(site_id=purchase.site_id, ends_at=ends_at, now=now):
        raise GoodsGone(f"purchase {purchase.pk} is supported until {purchase.support_until}")
    SupportPeriod.objects.create(line=line, purchase=purchase, starts_at=starts_at, ends_at=ends_at)
    purchase.support_until = ends_at
    purchase.save(update_fields=["support_until"])
