"""Where paid orders, what they made, and the ledger do not tell the same story."""

from itertools import groupby

from market.payments.models import Transfer
from market.payments.selectors import ledger as payments
from market.purchases.models import Claim, Order, OrderLine, Purchase

# The kinds by which a line of an order is booked, one of them for each line that costs anything.
_SOLD = (Transfer.Kind.SALE, Transfer.Kind.SUPPORT)
_PAID_BY = (Transfer.Kind.PAYMENT, Transfer.Kind.CREDIT_SPENT)


def check_orders(*, after: int, size: int) -> tuple[list[str], int, int]:
    """(faults, last id, how many) of the next orders: each paid one against what it made."""
    orders = list(Order.objects.filter(pk__gt=after).order_by("pk")[:size])
    if not orders:
        return [], after, 0
    paid = [one.pk for one in orders if one.status == Order.Status.PAID]
    others = [one.pk for one in orders if one.status != Order.Status.PAID]
    lines = OrderLine.objects.filter(order_id__in=paid).select_related(
        "order", "purchase", "support_period"
    )
    faults = _faults_of(list(lines.order_by("order_id", "pk")))
    unpaid = Purchase.objects.filter(order_line__order__in=others).values_list("pk", flat=True)
    faults += [f"purchase {pk}: its order was not paid" for pk in unpaid.order_by("pk")]
    return faults, orders[-1].pk, len(orders)


def check_bookings(*, after: int, until: int, size: int) -> tuple[list[str], int, int]:
    """(faults, last id, how many) of the next transfers: what is booked as sold was paid for."""
    top = min(after + size, until)
    transfers = Transfer.objects.filter(pk__gt=after, pk__lte=top, kind__in=_SOLD)
    sources = [
        (pk, int(source.removeprefix("line:")))
        for pk, source in transfers.order_by("pk").values_list("pk", "source")
        if source.startswith("line:")
    ]
    lines = OrderLine.objects.filter(pk__in=[line for _, line in sources])
    paid = set(lines.filter(order__status=Order.Status.PAID).values_list("pk", flat=True))
    faults = [
        f"transfer {pk}: line {line} is of no paid order"
        for pk, line in sources
        if line not in paid
    ]
    return faults, top, top - after


def _faults_of(found: list[OrderLine]) -> list[str]:
    """All lines of some paid orders, in the order of these."""
    faults: list[str] = []
    lines = _without_claimed_elsewhere(found)
    booked = payments.transfers_of([f"line:{line.pk}" for line in lines])
    paid = payments.transfers_of(list({line.order.purpose for line in lines}))
    for line in lines:
        faults += _made_by(line)
        if booked[f"line:{line.pk}"] != _expected(line):
            faults.append(f"line {line.pk}: the ledger has {booked[f'line:{line.pk}']}")
    for order, own in groupby(lines, key=lambda line: line.order):
        total = sum(line.total_cents for line in own)
        if total != order.total_cents:
            faults.append(f"order {order.key.hex}: its lines add up to {total} cents")
        taken = sum(cents for kind, cents in paid[order.purpose].items() if kind in _PAID_BY)
        if taken != order.total_cents:
            faults.append(f"order {order.key.hex}: {taken} cents were taken for it")
    return faults


def _made_by(line: OrderLine) -> list[str]:
    """A licence made a purchase of its price, support a period."""
    if line.kind == OrderLine.Kind.SUPPORT:
        made = hasattr(line, "support_period")
        return [] if made else [f"order {line.order.key.hex}: line {line.pk} gave no support"]
    if not hasattr(line, "purchase"):
        return [f"order {line.order.key.hex}: line {line.pk} has no purchase"]
    is_same = line.purchase.total_cents == line.total_cents
    return [] if is_same else [f"line {line.pk}: its purchase has another price"]


def _without_claimed_elsewhere(lines: list[OrderLine]) -> list[OrderLine]:
    """Leaves out free lines that made no purchase, since another order had taken the same."""
    pairs = {
        line.pk: (line.promotion_id, line.order.buyer_id)
        for line in lines
        if line.promotion_id and not line.total_cents and not hasattr(line, "purchase")
    }
    if not pairs:
        return lines
    claims = Claim.objects.filter(
        promotion__in={promotion for promotion, _ in pairs.values()},
        buyer__in={buyer for _, buyer in pairs.values()},
    )
    claimed = set(claims.values_list("promotion_id", "buyer_id"))
    return [line for line in lines if pairs.get(line.pk) not in claimed]


def _expected(line: OrderLine) -> dict[str, int]:
    cents = {
        Transfer.Kind.SALE.value: line.item_price_cents,
        Transfer.Kind.AUTHOR_FEE.value: line.author_fee_cents,
        Transfer.Kind.BUYER_FEE.value: line.buyer_fee_cents,
        Transfer.Kind.SUPPORT.value: line.support_cents,
        Transfer.Kind.SUPPORT_FEE.value: line.support_fee_cents,
        Transfer.Kind.TAX.value: line.tax_cents,
    }
    return {kind: amount for kind, amount in cents.items() if amount}


def order_faults() -> list[str]:
    """All of them at once: for small ledgers."""
    faults, position, rows = check_orders(after=0, size=500)
    while rows:
        more, position, rows = check_orders(after=position, size=500)
        faults += more
    return faults
