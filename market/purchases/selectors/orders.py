from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import ngettext

from market.items.models import Item, Licence
from market.payments.models import DocumentKind
from market.payments.selectors.documents import documents_about
from market.purchases.models import Order, OrderLine, Purchase, RefundLine
from market.tenancy.registry import marketplace_by_id
from market.users.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """`purchase` is None until the order is paid.

    A free copy that was taken by another order, too, is in the library once: by that one.
    """

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
            licence_name=bought_words(line, names),
            purchase=getattr(line, "purchase", None),
        )
        for line in lines
    ]


def credit_notes(order: Order) -> list[str]:
    """Codes of what was issued for refunds of this order, oldest first; at most two queries."""
    sources = [one.source for one in RefundLine.objects.filter(line__order=order).order_by("pk")]
    if not sources:
        return []
    codes = documents_about(kind=DocumentKind.CREDIT_NOTE, sources=sources)
    return [codes[source] for source in sources if source in codes]


def bought_words(line: OrderLine, names: dict[tuple[int, str], str]) -> str:
    """The licence's name, or how much support it is: what a bill says beside the item's name."""
    if line.kind == OrderLine.Kind.SUPPORT:
        words = ngettext(
            "%(months)d more month of support",
            "%(months)d more months of support",
            line.support_months,
        )
        return words % {"months": line.support_months}
    return names.get((line.item.site_id, line.licence_code), line.licence_code)


def licence_names(site_ids: set[int]) -> dict[tuple[int, str], str]:
    """{(site, code): name}, in the reader's language.

    Retired licences too, in English: what was bought under them stays named.
    """
    licences = Licence.objects.filter(site_id__in=site_ids)
    kept = {(one.site_id, one.code): one.name for one in licences}
    offered = {
        (site_id, one.code): one.name
        for site_id in site_ids
        for one in marketplace_by_id(site_id).licences
    }
    return kept | offered


def lines_by_source(sources: Sequence[str]) -> dict[str, OrderLine]:
    """Order lines by the ledger's name for them, with their item, by one query."""
    ids = {int(source.removeprefix("line:")): source for source in sources if "line:" in source}
    lines = OrderLine.objects.filter(pk__in=ids).select_related("item")
    return {ids[line.pk]: line for line in lines}
