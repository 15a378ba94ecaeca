"""What a statement says of each line: the ledger's half of it, and what it was for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from stdnum.eu.vat import MEMBER_STATES

from market.payments.models import Account, DocumentKind, Line, Transfer
from market.payments.selectors.documents import documents_about
from market.purchases.models import Order, OrderLine, RefundLine

Code = Transfer.Kind
EU = {code.upper() for code in MEMBER_STATES} | {"GR"}
# What a person filters by. A code belongs to the first group whose beginning it has.
GROUPS = {
    "sales": (_("Sales"), ("sale",)),
    "support": (_("Support"), ("support",)),
    "fees": (_("Fees"), ("author_fee", "support_fee", "payout_fee")),
    "refunds": (_("Refunds"), ("refund_",)),
    "reversals": (_("Reversals"), ("reverse", "restore")),
    "payouts": (_("Payouts"), ("payout",)),
    "withholding": (_("Tax withheld"), ("withholding",)),
    "deposits": (_("Deposits"), ("deposit",)),
    "credit": (_("Credit"), ("credit", "earnings_to_credit")),
    "adjustments": (_("Adjustments"), ("adjust",)),
    "purchases": (_("Purchases"), ("purchase",)),
}
# Django's own way to a label translates all of them for each line: 0.3 ms.
_LABELS = {kind.value: kind.label for kind in Code}
# "support_fee" begins like "support": the longest beginning decides.
_BEGINNINGS = sorted(
    ((begin, group) for group, (_name, begins) in GROUPS.items() for begin in begins),
    key=lambda pair: -len(pair[0]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a statement. Money in cents of `currency`, None where it does not apply.

    Of the other party we know the country that tax was charged for, and keep no more: region,
    city and postcode are columns of the export that stay empty.
    """

    unique_id: str
    at: datetime
    group: str
    what: str
    amount_cents: int
    currency: str
    line_id: int | None = None  # of the ledger
    subject: OrderLine | None = None
    order_id: str = ""
    document: str = ""
    balance_cents: int | None = None
    price_cents: int | None = None
    au_gst_cents: int | None = None
    eu_vat_cents: int | None = None
    other_tax_cents: int | None = None
    us_rwt_cents: int | None = None
    country: str = ""

    @property
    def site_id(self) -> int | None:
        return self.subject.item.site_id if self.subject else None


def group_of(kind: str) -> str:
    return next((group for begin, group in _BEGINNINGS if kind.startswith(begin)), "")


def account_rows(lines: Sequence[Line], account: Account) -> list[Row]:
    """Rows for the lines of one account, by two or three queries whatever their number."""
    subjects = subjects_of({line.transfer.source for line in lines})
    return [_account_row(line, account, subjects.get(line.transfer.source)) for line in lines]


def subjects_of(sources: Iterable[str]) -> dict[str, OrderLine]:
    """{source: the order line that it is about}; payouts and the like are about none."""
    line_ids: dict[str, int] = {}
    refunds: dict[int, str] = {}
    for source in sources:
        head, _colon, rest = source.partition(":")
        last = rest.rpartition(":")[2]
        if head == "refund" and rest.isdigit():
            refunds[int(rest)] = source
        elif (head == "line" or (head == "dispute" and ":" in rest)) and last.isdigit():
            line_ids[source] = int(last)
    if refunds:
        found = RefundLine.objects.filter(pk__in=refunds).values_list("pk", "line_id")
        line_ids |= {refunds[pk]: line_id for pk, line_id in found}
    lines = OrderLine.objects.filter(pk__in=set(line_ids.values())).select_related("item", "order")
    by_id = {line.pk: line for line in lines}
    return {source: by_id[pk] for source, pk in line_ids.items() if pk in by_id}


def order_rows(orders: Sequence[Order]) -> list[Row]:
    """What each line of these paid orders cost, and what of it came back, by four queries."""
    lines = OrderLine.objects.filter(order__in=orders).select_related("item", "order")
    by_order: dict[int, list[OrderLine]] = {}
    for line in lines.order_by("order_id", "-pk"):
        by_order.setdefault(line.order_id, []).append(line)
    all_lines = [line for own in by_order.values() for line in own]
    refunds: dict[int, list[RefundLine]] = {}
    for refund in RefundLine.objects.filter(line__in=[line.pk for line in all_lines]):
        refunds.setdefault(refund.line_id, []).append(refund)
    invoices = documents_about(
        kind=DocumentKind.INVOICE, sources=[order.purpose for order in orders]
    )
    notes = documents_about(
        kind=DocumentKind.CREDIT_NOTE,
        sources=[one.source for own in refunds.values() for one in own],
    )
    rows = []
    for order in orders:
        for line in by_order.get(order.pk, []):
            rows += [_refund_row(one, line, notes) for one in refunds.get(line.pk, [])]
            rows.append(_purchase_row(line, order, invoices))
    return rows


def _account_row(line: Line, account: Account, subject: OrderLine | None) -> Row:
    kind = line.transfer.kind
    is_sale = subject is not None and kind in (Code.SALE, Code.REFUND_SALE, Code.REVERSE_SALE)
    withheld = kind in (Code.WITHHOLDING, Code.WITHHOLDING_RETURNED)
    row = Row(
        unique_id=f"line-{line.pk}",
        at=line.transfer.created_at,
        group=group_of(kind),
        what=str(_LABELS[kind]),
        amount_cents=line.cents,
        currency=account.currency,
        line_id=line.pk,
        subject=subject,
        order_id=subject.order.key.hex[:8] if subject else "",
        balance_cents=line.balance_cents,
        price_cents=_list_price(subject) if is_sale and subject else None,
        us_rwt_cents=line.cents if withheld else None,
        country=_country(subject),
    )
    return _with_tax(row, subject) if is_sale and subject else row


def _purchase_row(line: OrderLine, order: Order, invoices: Mapping[str, str]) -> Row:
    row = Row(
        unique_id=f"order-line-{line.pk}",
        at=order.paid_at or order.created_at,
        group="purchases",
        what=str(_("Purchase") if line.kind == OrderLine.Kind.LICENCE else _("More support")),
        amount_cents=-line.total_cents,
        currency=line.currency,
        subject=line,
        order_id=order.key.hex,
        document=invoices.get(order.purpose, ""),
        price_cents=_list_price(line),
    )
    return _with_tax(row, line)


def _refund_row(refund: RefundLine, line: OrderLine, notes: Mapping[str, str]) -> Row:
    return Row(
        unique_id=f"refund-{refund.pk}",
        at=refund.created_at,
        group="refunds",
        what=str(_("Refund")),
        amount_cents=refund.total_cents,
        currency=refund.currency,
        subject=line,
        order_id=line.order.key.hex,
        document=notes.get(refund.source, ""),
    )


def _list_price(line: OrderLine) -> int:
    """Before tax, as the item's page showed it."""
    return line.total_cents - line.tax_cents


def _country(line: OrderLine | None) -> str:
    return line.tax_scope[:2] if line else ""


def _with_tax(row: Row, line: OrderLine) -> Row:
    country, cents = _country(line), line.tax_cents
    if not cents:
        return row
    if country == "AU":
        return replace(row, au_gst_cents=cents)
    if country in EU:
        return replace(row, eu_vat_cents=cents)
    return replace(row, other_tax_cents=cents)
