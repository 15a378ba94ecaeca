"""What a buyer's bank takes back: every licence of the payment ends, until the dispute is won.

A reversal is no refund. It takes what refunds have left of the payment's lines from authors,
platform and tax office, and gives the bank what it asks for: where that is more than the lines
still hold (a refund came before it), the platform bears the difference; where it is less (part of
the order was paid with credit), the buyer's credit gets it. A won dispute restores exactly that.
"""

from collections.abc import Sequence

from django.utils import timezone

from market.core.db.retries import retried
from market.payments import ledger
from market.payments.ledger import Move, Side
from market.payments.models import Account, Payment, StaffAct, Transfer
from market.payments.services import withholding
from market.payments.undoing import How, booked, moved
from market.purchases import tasks
from market.purchases.errors import RequestMoved, WordsNeeded
from market.purchases.models import BuyerHold, Order, OrderLine, Purchase, Reversal
from market.purchases.services import undoing
from market.users.models import User

DECIDE = "purchases.decide_refunds"  # the permission of staff
Code = Transfer.Kind
CLEARING = Side(Account.Kind.CLEARING)


@retried
def reverse_payment(  # what a dispute says
    *,
    payment: Payment,
    dispute_ref: str,
    reason: str,
    cents: int | None = None,
    fee_cents: int = 0,
) -> None:
    """Book that the bank took a payment back (all of it, or `cents`); a repeat changes nothing.

    Raises Order.DoesNotExist for a payment that no order was completed with.
    """
    order = Order.objects.select_for_update().get(payment_ref=payment.gateway_ref)
    if BuyerHold.objects.filter(dispute_ref=dispute_ref).exists():
        return
    BuyerHold.objects.create(buyer_id=order.buyer_id, dispute_ref=dispute_ref, reason=reason[:500])
    lines = list(order.lines.order_by("pk"))
    named = undoing.purchases_of(lines)
    purchases = undoing.lock_purchases(named.values())
    moves: list[Move] = []
    taken: list[Purchase] = []
    sold: list[undoing.Sold] = []
    for line in lines:
        purchase = purchases.get(named.get(line.pk, 0))
        takes = line.kind == OrderLine.Kind.LICENCE and bool(purchase and purchase.is_valid)
        row = Reversal.objects.create(line=line, dispute_ref=dispute_ref, took_purchase=takes)
        # Without this row: what it reverses is what stood before it.
        parts = undoing.left_of(line)
        moves += [part.move(How.REVERSE, source=row.source) for part in parts.values()]
        if "sale" in parts:
            sold.append(_sold(order, line, row.source, parts["sale"].cents))
        if takes and purchase is not None:
            taken.append(purchase)
        if purchase is not None and purchase.is_valid:
            undoing.change_support(purchase, line, -1)
    undoing.take_back(taken)
    asked = payment.paid_cents or 0 if cents is None else cents
    moves += _to_bank(moves, payment, order, dispute_ref, asked, fee_cents)
    undoing.book(moves, currency=order.currency, sold=sold)
    for purchase in taken:
        tasks.close_requests.enqueue(purchase_id=purchase.pk)


@retried
def restore_payment(*, payment: Payment, dispute_ref: str) -> None:
    """The dispute was won: put back exactly what its reversal took. A repeat changes nothing."""
    order = Order.objects.select_for_update().get(payment_ref=payment.gateway_ref)
    rows = list(
        Reversal.objects.filter(dispute_ref=dispute_ref, line__order=order, restored_at=None)
        .select_related("line")
        .order_by("pk")
    )
    if not rows:
        return
    now = timezone.now()
    Reversal.objects.filter(pk__in=[row.pk for row in rows]).update(restored_at=now)
    BuyerHold.objects.filter(dispute_ref=dispute_ref, lifted_at=None).update(lifted_at=now)
    named = undoing.purchases_of([row.line for row in rows])
    purchases = undoing.lock_purchases(named.values())
    undoing.give_again([purchases[named[row.line_id]] for row in rows if row.took_purchase])
    for row in rows:
        if row.line_id in named:
            undoing.change_support(purchases[named[row.line_id]], row.line, 1)
    moves = [
        part.move(How.RESTORE, source=row.source)
        for row in rows
        for part in booked(row.source, How.REVERSE).values()
    ]
    authors = [ledger.earnings_of(row.line.author_id) for row in rows]
    ledger.lock_people(authors, currency=order.currency)
    for row in rows:
        moves += withholding.withhold_again(
            author_id=row.line.author_id,
            sold_at=order.paid_at or row.created_at,
            source=row.source,
            currency=order.currency,
        )
    moves += _from_bank(payment, order, dispute_ref)
    undoing.book(moves, currency=order.currency, sold=())


def _sold(order: Order, line: OrderLine, source: str, cents: int) -> undoing.Sold:
    sold_at = order.paid_at or order.created_at
    return undoing.Sold(source=source, line=line, sold_at=sold_at, item_cents=cents)


def _source(dispute_ref: str) -> str:
    return f"dispute:{dispute_ref}"


def _to_bank(  # the parts of one booking
    undone: Sequence[Move], payment: Payment, order: Order, ref: str, asked: int, fee_cents: int
) -> list[Move]:
    """Where the money in clearing goes, and what the platform adds if it is not enough."""
    source, gateway = _source(ref), Side(Account.Kind.GATEWAY, payment.gateway)
    there = _into_clearing(undone)
    found = (
        (Code.REVERSED, asked, CLEARING, gateway),
        (Code.DISPUTE_LOSS, asked - there, Side(Account.Kind.DISPUTE_LOSSES), CLEARING),
        (Code.REFUND_CREDIT, there - asked, CLEARING, ledger.credit_of(order.buyer_id)),
        (Code.GATEWAY_FEE, fee_cents, Side(Account.Kind.GATEWAY_FEES), gateway),
    )
    return _moves(source, found)


def _from_bank(payment: Payment, order: Order, ref: str) -> list[Move]:
    """The same the other way; credit that was spent meanwhile is the platform's loss."""
    source, gateway = _source(ref), Side(Account.Kind.GATEWAY, payment.gateway)
    then = moved(source, [Code.REVERSED, Code.DISPUTE_LOSS, Code.REFUND_CREDIT])
    losses, credit = Side(Account.Kind.DISPUTE_LOSSES), ledger.credit_of(order.buyer_id)
    given = then.get(Code.REFUND_CREDIT, 0)
    # Not locked yet: spent at this very moment, `book` refuses, and the job comes again.
    has = ledger.balance(kind=credit.kind, scope=credit.scope, currency=order.currency)
    back = min(given, max(has, 0))
    return _moves(
        source,
        (
            (Code.RESTORED, then.get(Code.REVERSED, 0), gateway, CLEARING),
            (Code.DISPUTE_LOSS_BACK, then.get(Code.DISPUTE_LOSS, 0), CLEARING, losses),
            (Code.CREDIT_SPENT, back, credit, CLEARING),
            (Code.DISPUTE_LOSS, given - back, losses, CLEARING),
        ),
    )


def _into_clearing(moves: Sequence[Move]) -> int:
    return sum(
        move.cents * ((move.receiver == CLEARING) - (move.payer == CLEARING)) for move in moves
    )


def _moves(source: str, found: Sequence[tuple[str, int, Side, Side]]) -> list[Move]:
    return [
        Move(source=source, code=code, cents=cents, payer=payer, receiver=receiver)
        for code, cents, payer, receiver in found
        if cents > 0
    ]


@retried
def lift_hold(*, hold: BuyerHold, staff: User, reason: str) -> BuyerHold:
    """Let a buyer buy again though the dispute was not won: it is settled otherwise.

    Raises RequestMoved, WordsNeeded.
    """
    why = reason.strip()[:500]
    locked = BuyerHold.objects.select_for_update().get(pk=hold.pk)
    if not staff.has_perm(DECIDE) or staff.pk == locked.buyer_id or locked.lifted_at is not None:
        raise RequestMoved
    if not why:
        raise WordsNeeded
    locked.lifted_at = timezone.now()
    locked.save(update_fields=["lifted_at"])
    StaffAct.objects.create(
        staff=staff, act=StaffAct.Act.LIFT_HOLD, subject=f"hold:{locked.pk}", reason=why
    )
    return locked
