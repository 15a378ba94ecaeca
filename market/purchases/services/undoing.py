"""What a refund and a reversal have in common: locks, entitlement, and the sale's statistics.

Lock order: orders by id, then purchases by id, then the payment, and last, in the ledger, people's
accounts.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from market.core.months import add_months
from market.payments import ledger
from market.payments.ledger import Move
from market.payments.services import withholding
from market.payments.undoing import Part, remaining
from market.purchases import tasks
from market.purchases.models import Order, OrderLine, Purchase, RefundLine, Reversal, SaleEvent
from market.purchases.selectors.payout_facts import US
from market.tenancy.registry import marketplace_by_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """An item price that `source` undoes, and when it was sold."""

    source: str
    line: OrderLine
    sold_at: datetime
    item_cents: int


BUYERS_PARTS = ("sale", "buyer_fee", "support", "tax")
SUPPORT_PARTS = ("support", "support_fee")


def lock_orders(order_ids: Iterable[int]) -> dict[int, Order]:
    orders = Order.objects.select_for_update().filter(pk__in=set(order_ids)).order_by("pk")
    return {one.pk: one for one in orders}


def lock_purchases(purchase_ids: Iterable[int]) -> dict[int, Purchase]:
    purchases = Purchase.objects.select_for_update().filter(pk__in=set(purchase_ids))
    return {one.pk: one for one in purchases.order_by("pk")}


def purchases_of(lines: Sequence[OrderLine]) -> dict[int, int]:
    """{line: the purchase that it made, or whose support it prolongs}; some made none."""
    made = Purchase.objects.filter(order_line__in=[line.pk for line in lines])
    found = {line_id: pk for pk, line_id in made.values_list("pk", "order_line_id")}
    found |= {line.pk: line.supported_id for line in lines if line.supported_id}
    return found


def left_of(line: OrderLine) -> dict[str, Part]:
    """What of a line's money nothing has taken back yet, by code of the sale."""
    refunds = RefundLine.objects.filter(line=line).values_list("pk", flat=True)
    reversals = Reversal.objects.filter(line=line).values_list("dispute_ref", flat=True)
    undone_by = [f"refund:{pk}" for pk in refunds]
    undone_by += [f"dispute:{ref}:{line.pk}" for ref in reversals]
    return remaining(f"line:{line.pk}", undone_by=undone_by)


def buyers_cents(parts: Iterable[Part]) -> int:
    """What the buyer paid for these parts."""
    return sum(part.cents for part in parts if part.code in BUYERS_PARTS)


def take_back(purchases: Collection[Purchase]) -> None:
    """Downloads and codes end. In the transaction that takes the money; see give_again."""
    now = timezone.now()
    for purchase in sorted(purchases, key=lambda one: one.pk):
        purchase.reversed_at = now
        purchase.save(update_fields=["reversed_at"])
        _count(purchase, -1)
        tasks.tell_of_reversal.enqueue(purchase_id=purchase.pk)


def give_again(purchases: Collection[Purchase]) -> None:
    for purchase in sorted(purchases, key=lambda one: one.pk):
        purchase.reversed_at = None
        purchase.save(update_fields=["reversed_at"])
        _count(purchase, 1)
        tasks.tell_of_reversal.enqueue(purchase_id=purchase.pk)


def change_support(
    purchase: Purchase, line: OrderLine, sign: int, *, extra_only: bool = False
) -> None:
    """Take the months away (or give them again) that a line of support bought for a purchase.

    `extra_only`: of a licence's own line, those beyond the months that it includes.
    """
    months = line.support_months
    if line.kind == OrderLine.Kind.LICENCE:
        included = marketplace_by_id(purchase.site_id).support.included_months
        months = months - included if extra_only else 0
    if purchase.support_until is not None and months > 0:
        purchase.support_until = add_months(purchase.support_until, sign * months)
        purchase.save(update_fields=["support_until"])


def book(moves: Sequence[Move], *, currency: str, sold: Sequence[Sold]) -> None:
    """Book all at once, as the last step, with what was withheld of what is undone."""
    sides = [side for move in moves for side in (move.payer, move.receiver)]
    ledger.open_accounts(sides=[*sides, withholding.OFFICE], currency=currency)
    ledger.lock_people(sides, currency=currency)
    back = [
        move
        for one in sold
        if one.item_cents
        for move in withholding.give_back(
            author_id=one.line.author_id,
            sold_at=one.sold_at,
            item_cents=one.item_cents,
            is_us=one.line.tax_scope == US,
            source=one.source,
            currency=currency,
        )
    ]
    ledger.book([*moves, *back], currency=currency)


@transaction.atomic
def _count(purchase: Purchase, delta: int) -> None:
    """One sale less or more; what waits to be counted and is undone before is not counted.

    The roll-up holds the rows that it counts: deleting one waits for it, and finds it gone.
    """
    if not purchase.total_cents:
        return  # given away: it was no sale
    waiting = SaleEvent.objects.filter(purchase=purchase, delta=-delta)
    if not waiting.delete()[0]:
        SaleEvent.objects.create(
            purchase=purchase, item_id=purchase.item_id, sold_at=purchase.bought_at, delta=delta
        )
