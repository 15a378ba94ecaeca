from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from market.items.models import Item, Licence
from market.payments import selectors as payments
from market.payments.models import Transfer
from market.purchases.models import Order, OrderLine, Purchase
from market.users.models import User

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """`purchase` is None until the order is paid."""

    line: OrderLine
    item: Item
    licence_name: str
    purchase: Purchase | None


def order_of(*, buyer: User, key: UUID) -> Order | None:
    """Only the buyer finds it."""
    return Order.objects.filter(key=key, buyer=buyer).first()


def order_lines(order: Order) -> list[OrderRow]:
    """The lines of an order, by two queries."""
    lines = list(order.lines.select_related("item", "purchase").order_by("pk"))
    names = licence_names({line.item.site_id for line in lines})
    return [
        OrderRow(
            line=line,
            item=line.item,
            licence_name=names.get((line.item.site_id, line.licence_code), line.licence_code),
            purchase=getattr(line, "purchase", None),
        )
        for line in lines
    ]


def licence_names(site_ids: set[int]) -> dict[tuple[int, str], str]:
    """{(site, code): name}, retired licences too: what was bought under them stays named."""
    licences = Licence.objects.filter(site_id__in=site_ids)
    return {(one.site_id, one.code): one.name for one in licences}


def lines_by_source(sources: Sequence[str]) -> dict[str, OrderLine]:
    """Order lines by the ledger's name for them, with their item, by one query."""
    ids = {int(source.removeprefix("line:")): source for source in sources if "line:" in source}
    lines = OrderLine.objects.filter(pk__in=ids).select_related("item")
    return {ids[line.pk]: line for line in lines}


def order_faults() -> list[str]:
    """Where paid orders, their purchases and the ledger do not tell the same story."""
    faults: list[str] = []
    for lines in _paid_lines():
        booked = payments.transfers_of([f"line:{line.pk}" for line in lines])
        for line in lines:
            if not hasattr(line, "purchase"):
                faults.append(f"order {line.order.key.hex}: line {line.pk} has no purchase")
            elif line.purchase.total_cents != line.total_cents:
                faults.append(f"line {line.pk}: its purchase has another price")
            if booked[f"line:{line.pk}"] != _expected(line):
                faults.append(f"line {line.pk}: the ledger has {booked[f'line:{line.pk}']}")
        for order, own in groupby(lines, key=lambda line: line.order):
            total = sum(line.total_cents for line in own)
            if total != order.total_cents:
                faults.append(f"order {order.key.hex}: its lines add up to {total} cents")
    return faults


def _paid_lines() -> Iterator[list[OrderLine]]:
    """All lines of paid orders, in batches of whole orders."""
    last = 0
    paid = Order.objects.filter(status=Order.Status.PAID).order_by("pk")
    while ids := list(paid.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        last = ids[-1]
        lines = OrderLine.objects.filter(order_id__in=ids).select_related("order", "purchase")
        yield list(lines.order_by("order_id", "pk"))


def _expected(line: OrderLine) -> dict[str, int]:
    cents = {
        Transfer.Kind.SALE.value: line.item_price_cents,
        Transfer.Kind.AUTHOR_FEE.value: line.author_fee_cents,
        Transfer.Kind.BUYER_FEE.value: line.buyer_fee_cents,
        Transfer.Kind.TAX.value: line.tax_cents,
    }
    return {kind: amount for kind, amount in cents.items() if amount}
