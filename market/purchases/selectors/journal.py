"""The journal behind a line of a statement: each transfer with both its sides, in words.

An author learns nothing of the buyer here, and a buyer nothing of the author but the public name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from market.core.locales import country
from market.payments.ledger import person_scope
from market.payments.models import Account, Line
from market.purchases.models import OrderLine, RefundLine, Reversal

Kind = Account.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One transfer. `own_cents` is what it did to the reader's own accounts, None if nothing."""

    at: datetime
    what: str
    payer: str
    receiver: str
    cents: int
    currency: str
    own_cents: int | None
    balance_cents: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """`line` is the order line that it is about; None for payouts and the like."""

    line: OrderLine | None
    movements: list[Movement]

    @property
    def author_cents(self) -> int:
        """What the author keeps of the sale."""
        one = self.line
        if one is None:
            return 0
        sold = one.item_price_cents + one.support_cents
        return sold - one.author_fee_cents - one.support_fee_cents

    @property
    def platform_cents(self) -> int:
        one = self.line
        return one.buyer_fee_cents + one.author_fee_cents + one.support_fee_cents if one else 0


def journal_of_line(line: OrderLine, *, reader_id: int, with_payment: bool = False) -> Journal:
    """All that was ever booked for an order line; its buyer also sees how the order was paid."""
    sources = [f"line:{line.pk}"]
    sources += [one.source for one in RefundLine.objects.filter(line=line).order_by("pk")]
    sources += [one.source for one in Reversal.objects.filter(line=line).order_by("pk")]
    if with_payment:
        sources.insert(0, line.order.purpose)
    return Journal(line=line, movements=movements(sources, reader_id=reader_id))


def journal_of_source(source: str, *, reader_id: int) -> Journal:
    """Of what is about no order line: a payout, a deposit, an adjustment."""
    return Journal(line=None, movements=movements([source], reader_id=reader_id))


def order_line_of(*, pk: int, buyer_id: int) -> OrderLine | None:
    """A line of a paid order; only its buyer finds it."""
    own = OrderLine.objects.filter(pk=pk, order__buyer_id=buyer_id, order__paid_at__isnull=False)
    return own.select_related("item", "order").first()


def movements(sources: Sequence[str], *, reader_id: int | None) -> list[Movement]:
    """In the order of booking, by one query. Without a reader all people are named by id."""
    halves = Line.objects.filter(transfer__source__in=sources)
    by_transfer: dict[int, list[Line]] = {}
    for half in halves.select_related("transfer", "account").order_by("transfer_id", "pk"):
        by_transfer.setdefault(half.transfer_id, []).append(half)
    return [_movement(two, reader_id) for two in by_transfer.values()]


def _movement(halves: Iterable[Line], reader_id: int | None) -> Movement:
    payer, receiver = sorted(halves, key=lambda half: half.cents)
    own = _own(payer, receiver, reader_id)
    return Movement(
        at=payer.transfer.created_at,
        what=payer.transfer.get_kind_display(),
        payer=_name(payer.account, reader_id),
        receiver=_name(receiver.account, reader_id),
        cents=receiver.cents,
        currency=receiver.account.currency,
        own_cents=own.cents if own else None,
        balance_cents=own.balance_cents if own else None,
        source=payer.transfer.source,
    )


def _own(payer: Line, receiver: Line, reader_id: int | None) -> Line | None:
    if reader_id is None:
        return None
    mine = person_scope(reader_id)
    return next((half for half in (receiver, payer) if half.account.scope == mine), None)


def _name(account: Account, reader_id: int | None) -> str:
    if account.kind in (Kind.AUTHOR_EARNINGS, Kind.BUYER_CREDIT):
        return _name_of_persons(account, reader_id)
    if account.kind == Kind.TAX:
        office = country(account.scope[:2]) if account.scope else ""
        return _("Tax office, %(country)s") % {"country": office} if office else _("Tax office")
    return {
        Kind.BUYER_FEES: _("Seven Shelves, buyer fee"),
        Kind.AUTHOR_FEES: _("Seven Shelves, author fee"),
        Kind.SUPPORT_FEES: _("Seven Shelves, support fee"),
        Kind.GATEWAY_FEES: _("Seven Shelves, payment costs"),
        Kind.DISPUTE_LOSSES: _("Seven Shelves, losses"),
        Kind.ADJUSTMENTS: _("Seven Shelves, adjustments"),
        Kind.GATEWAY: _("Payment service"),
        Kind.CLEARING: _("The order"),
        Kind.WITHHOLDING: _("Tax office, withheld"),
        Kind.PAYOUTS: _("On its way to the bank"),
    }[Kind(account.kind)]


def _name_of_persons(account: Account, reader_id: int | None) -> str:
    is_earnings = account.kind == Kind.AUTHOR_EARNINGS
    if reader_id is None:
        name = _("Earnings of %(who)s") if is_earnings else _("Credit of %(who)s")
        return name % {"who": account.scope}
    if account.scope == person_scope(reader_id):
        return _("Your earnings") if is_earnings else _("Your credit")
    return _("The author’s earnings") if is_earnings else _("The buyer’s credit")
