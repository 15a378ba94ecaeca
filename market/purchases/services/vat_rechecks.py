"""VAT numbers that the register could not answer for at the checkout.

Tax was charged: an outage makes nothing free. A job asks again until the register answers. If it
says yes, the tax of what is not refunded yet goes back the way it came, with a credit note. If it
says no, or says nothing for a month, the tax stays.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from market.payments.errors import VatServiceUnavailable
from market.payments.services import vat as vat_checks
from market.purchases.errors import AlreadyReversed, NothingToRefund
from market.purchases.models import BillingDetails, Order, RefundScope, VatRecheck
from market.purchases.services import refunds

logger = structlog.get_logger(__name__)
State = VatRecheck.State
ASK_AGAIN = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=30)
BATCH = 50
REASON = gettext_noop("The VAT number is valid: your business owes the tax itself.")


def recheck_vat_ids() -> int:
    """Ask about those that are due, the longest neglected first; returns how many."""
    due = VatRecheck.objects.filter(
        Q(asked_at=None) | Q(asked_at__lt=timezone.now() - ASK_AGAIN), state=State.OPEN
    ).exclude(order__status__in=Order.PAYABLE)
    found = list(
        due.select_related("order__billing").order_by(F("asked_at").asc(nulls_first=True))[:BATCH]
    )
    for one in found:
        VatRecheck.objects.filter(pk=one.pk).update(asked_at=timezone.now())
        try:
            _recheck(one)
        except Exception:
            logger.exception("vat_recheck_failed", order=one.order.key.hex)
    return len(found)


def _recheck(one: VatRecheck) -> None:
    if one.order.status != Order.Status.PAID:
        _close(one, State.GIVEN_UP)
        return
    billing = BillingDetails.objects.get(order=one.order)
    try:
        check = vat_checks.check_vat_id(vat_id=billing.vat_id)
    except VatServiceUnavailable:
        if one.opened_at < timezone.now() - GIVE_UP_AFTER:
            _close(one, State.GIVEN_UP)
        return
    if check.is_valid:
        _correct(one)
    else:
        _close(one, State.REFUSED)


@transaction.atomic
def _correct(one: VatRecheck) -> None:
    """Line by line: what was refunded meanwhile took its tax with it."""
    if not _close(one, State.CORRECTED):
        return
    for line in one.order.lines.filter(tax_cents__gt=0).order_by("pk"):
        try:
            refunds.refund_lines(
                lines=[line], why=refunds.Why(reason=REASON), scope=RefundScope.TAX
            )
        except (AlreadyReversed, NothingToRefund):
            logger.info("vat_already_returned", line=line.pk)


def _close(one: VatRecheck, state: str) -> bool:
    """Whether it was open until now: of two jobs, one goes on."""
    still_open = VatRecheck.objects.filter(pk=one.pk, state=State.OPEN)
    return bool(still_open.update(state=state, closed_at=timezone.now()))
