"""Cutting authors off once a month: what has cleared leaves their accounts at that moment.

So no two payouts take the same money; what comes back returns by a transfer (payout_steps).
"""

from collections.abc import Iterator
from datetime import datetime

import structlog
from django.conf import settings
from django.utils import timezone

from market.core.db.retries import retried
from market.core.ids import log_name
from market.payments import ledger
from market.payments.errors import NothingToPayOut
from market.payments.gateways import gateway_name
from market.payments.ledger import Side
from market.payments.models import (
    Account,
    Balance,
    Payout,
    PayoutAccount,
    PayoutBatch,
    PayoutMethod,
    Transfer,
)
from market.payments.selectors import payouts as reads
from market.payments.selectors.payouts import SaleFacts
from market.payments.services import payout_steps as steps
from market.payments.services import withholding

logger = structlog.get_logger(__name__)
State, Code = Payout.State, Transfer.Kind
BATCH = 200


def open_batch(*, now: datetime) -> PayoutBatch | None:
    """The batch of this month, once its cut-off has come; every call returns the same."""
    at = reads.cut_off(now.year, now.month)
    if now < at:
        return None
    batch, _ = PayoutBatch.objects.get_or_create(
        period=f"{now:%Y-%m}",
        defaults={
            "cut_off_at": at,
            "cleared_until": reads.clears_since(at),
            "pay_on": reads.pay_day(now.year, now.month),
        },
    )
    return batch


def fill_batch(*, batch: PayoutBatch, facts: SaleFacts) -> int:
    """Cut all authors off who can be paid; one that fails keeps no other. Resumes where it was.

    Returns how many payouts it made.
    """
    if batch.closed_at is not None:
        return 0
    made, failed = 0, False
    for author_id, currency in _with_earnings():
        try:
            cut_off(batch=batch, author_id=author_id, currency=currency, facts=facts)
        except NothingToPayOut:
            continue
        except Exception:
            logger.exception("payout_not_made", author=log_name(author_id), batch=batch.period)
            failed = True
        else:
            made += 1
    if not failed:
        PayoutBatch.objects.filter(pk=batch.pk).update(closed_at=timezone.now())
    return made


@retried
def cut_off(*, batch: PayoutBatch, author_id: int, currency: str, facts: SaleFacts) -> Payout:
    """Take what an author can be paid out of the account; a repeat returns the same payout.

    Raises NothingToPayOut, and then writes nothing.
    """
    target = PayoutAccount.objects.filter(author=author_id).first()
    kept = steps.lock_balance(author_id, currency)
    made = Payout.objects.filter(batch=batch, author=author_id, currency=currency).first()
    if made is not None:
        return made
    if kept is None or target is None:
        raise NothingToPayOut
    clearing = reads.clearing(account_id=kept.account_id, since=batch.cleared_until, facts=facts)
    gross = kept.balance_cents - clearing
    if gross < reads.threshold(target.method):
        raise NothingToPayOut
    payout = _payout(batch, target, currency, gross, facts)
    if payout.cents <= 0:
        raise NothingToPayOut
    payout.save(force_insert=True)
    # Its own number names it, to the ledger and to the gateway.
    payout.idempotency_key = f"po:{payout.pk}"
    payout.save(update_fields=["idempotency_key"])
    steps.note(payout, State.ACCRUED)
    steps.note(payout, State.CUT_OFF)
    _schedule(payout, target)
    _book_cut_off(payout)
    return payout


def _with_earnings() -> Iterator[tuple[int, str]]:
    """(author, currency) of accounts with something in them, by keyset."""
    last = 0
    earning = Balance.objects.filter(
        account__kind=Account.Kind.AUTHOR_EARNINGS, balance_cents__gt=0
    ).order_by("pk")
    while rows := list(earning.filter(pk__gt=last).select_related("account")[:BATCH]):
        last = rows[-1].pk
        for row in rows:
            yield int(row.account.scope.removeprefix("user:")), row.account.currency


def _payout(
    batch: PayoutBatch, target: PayoutAccount, currency: str, gross: int, facts: SaleFacts
) -> Payout:
    """Not saved yet: how the gross is divided."""
    until = batch.cleared_until
    due = withholding.due(
        author=target.author,
        currency=currency,
        until=until,
        on=batch.cut_off_at.date(),
        facts=facts,
    )
    withheld = min(due.cents, gross)
    by_hand = target.method == PayoutMethod.BANK
    fee = settings.PAYOUT_BANK_FEE_CENTS if by_hand else 0
    return Payout(
        batch=batch,
        author_id=target.author_id,
        currency=currency,
        covers_from=due.covers_from,
        covers_until=max(until, due.covers_from),
        gross_cents=gross,
        withheld_bp=due.rate.bp,
        withheld_on_all=due.rate.on_all,
        withheld_base_cents=due.base_cents,
        withheld_cents=withheld,
        fee_cents=fee,
        cents=gross - withheld - fee,
        method=target.method,
        gateway=steps.BY_HAND if by_hand else gateway_name(),
        destination=target.destination,
        bic=target.bic,
        state=State.CUT_OFF,
        # Replaced by its number at once; unique until then.
        idempotency_key=f"new:{batch.pk}:{target.author_id}:{currency}",
    )


def _schedule(payout: Payout, target: PayoutAccount) -> None:
    now = timezone.now()
    if not payout.author.is_active:
        payout.held_for = Payout.Held.AUTHOR_LOCKED
    elif target.hold_until is not None and target.hold_until > now:
        payout.held_for, payout.held_until = Payout.Held.ACCOUNT_CHANGED, target.hold_until
    after = State.HELD if payout.held_for else State.SCHEDULED
    steps.move(payout, after, None, "", ["held_for", "held_until"])


def _book_cut_off(payout: Payout) -> None:
    author = ledger.earnings_of(payout.author_id)
    parts = (
        (Code.WITHHOLDING, payout.withheld_cents, author, withholding.OFFICE),
        (Code.PAYOUT_FEE, payout.fee_cents, author, Side(Account.Kind.GATEWAY_FEES)),
        (Code.PAYOUT, payout.cents, author, steps.IN_TRANSIT),
    )
    steps.book(payout, parts)
