"""The whole check: the ledger's own stages, then orders and purchases against it."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from market.payments.models import Account as LedgerAccount
from market.payments.models import LedgerCheck
from market.payments.services import ledger_check
from market.purchases.models import Order
from market.purchases.selectors import order_faults

Stage = LedgerCheck.Stage


def run_check(
    *,
    check: LedgerCheck,
    size: int = ledger_check.CHUNK,
    until: datetime | None = None,
    tell: Callable[[int], object] = lambda rows: None,
) -> LedgerCheck:
    """Go on with a check to its end, or until a moment; `tell` hears how many rows each step read.

    What was read stays read: calling it again goes on.
    """
    while check.stage != Stage.DONE and (until is None or timezone.now() < until):
        if check.stage == Stage.ORDERS:
            rows = _check_orders(check, max(size // 20, 1))
        elif check.stage == Stage.BOOKINGS:
            rows = _check_bookings(check, size)
        else:
            rows = ledger_check.check_chunk(check=check, size=size)
        tell(rows)
    return check


def rows_to_read(check: LedgerCheck) -> int:
    """About how many, for a progress bar: ids have gaps."""
    accounts = LedgerAccount.objects.aggregate(last=Max("pk"))["last"] or 0
    orders = Order.objects.aggregate(last=Max("pk"))["last"] or 0
    return int(check.until_line_id + 2 * check.until_transfer_id + accounts + orders)


@transaction.atomic
def _check_orders(check: LedgerCheck, size: int) -> int:
    faults, position, rows = order_faults.check_orders(after=check.position, size=size)
    if not rows:
        ledger_check.go_on_to(check=check, stage=Stage.BOOKINGS)
        return 0
    ledger_check.keep(check=check, faults=faults, position=position, rows=rows)
    return rows


@transaction.atomic
def _check_bookings(check: LedgerCheck, size: int) -> int:
    if check.position >= check.until_transfer_id:
        ledger_check.go_on_to(check=check, stage=Stage.DONE)
        return 0
    faults, position, rows = order_faults.check_bookings(
        after=check.position, until=check.until_transfer_id, size=size
    )
    ledger_check.keep(check=check, faults=faults, position=position, rows=rows)
    return rows
