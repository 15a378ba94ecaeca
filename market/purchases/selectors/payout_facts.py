"""What payouts have to know of sales, in the words of the ledger."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, Sum

from market.payments.selectors.payouts import ItemSales, SaleFacts
from market.purchases.models import OrderLine, Purchase, RefundLine

US = "US"  # of a buyer there: the tax office of the line, whatever its rate


def sold_since(sources: Collection[str], since: datetime) -> set[str]:
    """Those of `refund:ID` and `dispute:REF:LINE` that undid what was paid since a moment."""
    refunds = {
        int(source.removeprefix("refund:")): source
        for source in sources
        if source.startswith("refund:")
    }
    lines: dict[int, list[str]] = {}
    rows = RefundLine.objects.filter(pk__in=refunds).values_list("pk", "line_id")
    for pk, line_id in rows:
        lines.setdefault(line_id, []).append(refunds[pk])
    for source in sources:
        if source.startswith("dispute:"):
            lines.setdefault(int(source.rpartition(":")[2]), []).append(source)
    recent = OrderLine.objects.filter(pk__in=lines, order__paid_at__gte=since)
    return {one for pk in recent.values_list("pk", flat=True) for one in lines[pk]}


def item_sales(author_id: int, after: datetime, until: datetime) -> ItemSales:
    """Item prices of what an author sold in that time and was not taken back."""
    sold = Purchase.objects.filter(
        author=author_id, bought_at__gt=after, bought_at__lte=until, reversed_at=None
    )
    sums = sold.aggregate(
        all=Sum("item_price_cents", default=0),
        us=Sum("item_price_cents", filter=Q(tax_scope=US), default=0),
    )
    return ItemSales(all_cents=sums["all"], us_cents=sums["us"])


SALE_FACTS = SaleFacts(sold_since=sold_since, item_sales=item_sales)
