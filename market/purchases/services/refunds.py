"""Money back for order lines: exactly what the ledger has booked for them, the way it came."""

from collections.abc import Sequence
from dataclasses import dataclass

from market.core.db.retries import retried
from market.core.money import allocate
from market.payments import ledger
from market.payments.ledger import Move, Side
from market.payments.models import Account, Payment, Transfer
from market.payments.selectors.refunds import refundable_cents
from market.payments.services import refunds as payment_refunds
from market.payments.undoing import How, Part
from market.purchases.errors import AlreadyReversed, NothingToRefund
from market.purchases.models import (
    Order,
    OrderLine,
    Purchase,
    RefundLine,
    RefundRequest,
    RefundScope,
)
from market.purchases.services import undoing
from market.purchases.services.credit_notes import owe_credit_note
from market.users.models import User

MAX_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """By whom and for what reason; `request` is the buyer's, if one was made."""

    reason: str
    actor: User | None = None
    request: RefundRequest | None = None


@retried
def refund_lines(
    *, lines: Sequence[OrderLine], why: Why, scope: str = RefundScope.WHOLE
) -> list[RefundLine]:
    """Give the money of paid order lines back, all of them or none.

    A licence that is refunded whole takes the support with it that was bought for it later.
    Of two that refund the same at once, one succeeds: the order's row is locked.
    Raises AlreadyReversed, NothingToRefund, RefundTooLarge.
    """
    wanted = _with_support(lines) if scope == RefundScope.WHOLE else list(lines)
    named = undoing.purchases_of(wanted)
    orders = undoing.lock_orders(line.order_id for line in wanted)
    purchases = undoing.lock_purchases(named.values())
    if len(named) < len(wanted) or not all(one.is_valid for one in purchases.values()):
        raise AlreadyReversed
    made: list[RefundLine] = []
    moves: list[Move] = []
    for line in sorted(wanted, key=lambda one: one.pk):
        purchase = purchases[named[line.pk]]
        row, parts = _refund(orders[line.order_id], line, purchase, scope, why)
        made.append(row)
        moves += _moves(row, orders[line.order_id], parts)
        owe_credit_note(order=orders[line.order_id], refund=row)
        if scope != RefundScope.TAX:
            undoing.change_support(purchase, line, -1, extra_only=scope == RefundScope.SUPPORT)
    if scope == RefundScope.WHOLE:
        bought = [row for row in made if row.line.kind == OrderLine.Kind.LICENCE]
        undoing.take_back([purchases[row.purchase_id] for row in bought])
    _book(moves, made, orders)
    return made


def _with_support(lines: Sequence[OrderLine]) -> list[OrderLine]:
    """These, and what prolonged the support of the licences among them and is not refunded."""
    chosen = {line.pk: line for line in lines}
    owned = Purchase.objects.filter(order_line__in=chosen).values("pk")
    later = OrderLine.objects.filter(
        item__in=[line.item_id for line in lines],
        kind=OrderLine.Kind.SUPPORT,
        supported__in=owned,
        order__status=Order.Status.PAID,
    ).exclude(refunds__scope=RefundScope.WHOLE)
    return list((chosen | {line.pk: line for line in later}).values())


def _refund(
    order: Order, line: OrderLine, purchase: Purchase, scope: str, why: Why
) -> tuple[RefundLine, list[Part]]:
    """The row, what it undoes, and the gateway asked (by a job) for what came from there."""
    if RefundLine.objects.filter(line=line, scope=scope).exists():
        raise AlreadyReversed
    left = undoing.left_of(line)
    parts = _wanted(line, left, scope)
    total = undoing.buyers_cents(parts)
    if not total and line.total_cents:
        raise NothingToRefund
    payment = Payment.objects.select_for_update().filter(gateway_ref=order.payment_ref).first()
    card = min(total, refundable_cents(payment)) if payment else 0
    row = _write_row(line, purchase, scope, why, parts, card)
    if payment is not None and card:
        payment_refunds.request_refund(
            payment=payment, cents=card, source=row.source, reason=row.reason
        )
    return row, parts


def _wanted(line: OrderLine, left: dict[str, Part], scope: str) -> list[Part]:
    if scope == RefundScope.SUPPORT:
        return _of_support(line, left)
    if scope == RefundScope.TAX:
        return [part for code, part in left.items() if code == Transfer.Kind.TAX]
    return list(left.values())


def _of_support(line: OrderLine, left: dict[str, Part]) -> list[Part]:
    """The parts of a line's extra support, with its share of the tax."""
    parts = [left[code] for code in undoing.SUPPORT_PARTS if code in left]
    if not parts:
        raise NothingToRefund
    tax = left.get(Transfer.Kind.TAX)
    if tax is not None:
        others = line.item_price_cents + line.buyer_fee_cents
        share, _ = allocate(line.tax_cents, [line.support_cents, others])
        if share:
            parts.append(Part(code=tax.code, cents=min(share, tax.cents), scopes=tax.scopes))
    return parts


def _write_row(
    line: OrderLine, purchase: Purchase, scope: str, why: Why, parts: Sequence[Part], card: int
) -> RefundLine:
    cents = {part.code: part.cents for part in parts}
    return RefundLine.objects.create(
        line=line,
        purchase=purchase,
        request=why.request,
        scope=scope,
        item_price_cents=cents.get("sale", 0),
        buyer_fee_cents=cents.get("buyer_fee", 0),
        support_cents=cents.get("support", 0),
        tax_cents=cents.get("tax", 0),
        author_fee_cents=cents.get("author_fee", 0),
        support_fee_cents=cents.get("support_fee", 0),
        card_cents=card,
        credit_cents=undoing.buyers_cents(parts) - card,
        currency=line.currency,
        actor=why.actor,
        reason=why.reason[:MAX_REASON],
    )


def _moves(row: RefundLine, order: Order, parts: Sequence[Part]) -> list[Move]:
    moves = [part.move(How.REFUND, source=row.source) for part in parts]
    clearing = Side(Account.Kind.CLEARING)
    gateway = Payment.objects.filter(gateway_ref=order.payment_ref).values_list(
        "gateway", flat=True
    )
    for code, cents, receiver in (
        (
            Transfer.Kind.REFUND_PAID,
            row.card_cents,
            Side(Account.Kind.GATEWAY, gateway.first() or ""),
        ),
        (Transfer.Kind.REFUND_CREDIT, row.credit_cents, ledger.credit_of(order.buyer_id)),
    ):
        if cents:
            moves.append(
                Move(source=row.source, code=code, cents=cents, payer=clearing, receiver=receiver)
            )
    return moves


def _book(moves: Sequence[Move], made: Sequence[RefundLine], orders: dict[int, Order]) -> None:
    for currency in sorted({row.currency for row in made}):
        rows = [row for row in made if row.currency == currency]
        sources = {row.source for row in rows}
        sold = [
            undoing.Sold(
                source=row.source,
                line=row.line,
                sold_at=orders[row.line.order_id].paid_at or row.created_at,
                item_cents=row.item_price_cents,
            )
            for row in rows
        ]
        ours = [move for move in moves if move.source in sources]
        undoing.book(ours, currency=currency, sold=sold)
