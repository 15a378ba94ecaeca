from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from market.items.models import Item
from market.payments.tax import NO_TAX, Tax
from market.purchases.errors import CartRefused
from market.purchases.models import Cart, CartLine
from market.purchases.selectors.offers import Offer, Offers, offers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CartRow:
    """A line as it stands today: either it has an offer, or `problem` says why it has none."""

    line: CartLine
    item: Item
    offer: Offer | None
    problem: str
    was_cents: int | None  # the price seen last, if it is another one now
    now_cents: int | None  # beside it
    choices: list[Offer]


@dataclass(frozen=True, slots=True, kw_only=True)
class CartPage:
    cart: Cart | None
    rows: list[CartRow]

    @property
    def buyable(self) -> list[tuple[CartLine, Offer]]:
        return [(row.line, row.offer) for row in self.rows if row.offer is not None]

    @property
    def gone(self) -> list[CartRow]:
        return [row for row in self.rows if row.offer is None]

    @property
    def changed(self) -> list[CartRow]:
        return [row for row in self.rows if row.was_cents is not None]

    @property
    def has_news(self) -> bool:
        """Whether the buyer must be told something before paying."""
        return bool(self.gone or self.changed)

    @property
    def total_cents(self) -> int:
        return sum(offer.total_cents for _, offer in self.buyable)

    @property
    def item_cents(self) -> int:
        return sum(offer.quote.item_price_cents for _, offer in self.buyable)

    @property
    def fee_cents(self) -> int:
        return sum(offer.quote.buyer_fee_cents for _, offer in self.buyable)

    @property
    def support_cents(self) -> int:
        return sum(offer.quote.support_cents for _, offer in self.buyable)

    @property
    def tax_cents(self) -> int:
        return sum(offer.quote.tax_cents for _, offer in self.buyable)

    @property
    def currency(self) -> str:
        return next((offer.quote.currency for _, offer in self.buyable), "USD")

    @property
    def prices(self) -> dict[int, int]:
        """{line: cents}: what a form says that its reader was shown."""
        return {line.pk: offer.total_cents for line, offer in self.buyable}


def cart_page(
    cart: Cart | None,
    *,
    buyer_id: int | None,
    shown_cents: Mapping[int, int] | None = None,
    tax: Tax = NO_TAX,
    at: datetime | None = None,
) -> CartPage:
    """A cart at today's prices, or those of a moment.

    `shown_cents` ({line: cents}) is what a form showed, tax included; else the lines themselves
    remember what was seen last, before tax.
    """
    if cart is None:
        return CartPage(cart=None, rows=[])
    lines = list(cart.lines.select_related("item").order_by("pk"))
    offers = offers_of({line.item_id for line in lines}, buyer_id=buyer_id, at=at)
    rows = [_row(line, offers, tax, shown_cents or {}, buyer_id) for line in lines]
    return CartPage(cart=cart, rows=rows)


def _row(
    line: CartLine, offers: Offers, tax: Tax, shown: Mapping[int, int], buyer_id: int | None
) -> CartRow:
    offer, problem = None, ""
    try:
        offer = offers.get(line.item_id, line.licence_code, buyer_id=buyer_id)
        offer = offer.with_more_support(line.more_support_months).with_tax(tax)
    except CartRefused as refusal:
        problem = str(refusal)
    seen, now = line.shown_cents, offer.quote.net_cents if offer else None
    if offer and line.pk in shown:
        seen, now = shown[line.pk], offer.total_cents
    is_changed = now is not None and now != seen
    return CartRow(
        line=line,
        item=line.item,
        offer=offer,
        problem=problem,
        was_cents=seen if is_changed else None,
        now_cents=now if is_changed else None,
        choices=offers.choices(line.item_id) if line.item.is_for_sale else [],
    )


def cart_count(cart: Cart | None) -> int:
    return 0 if cart is None else cart.lines.count()
