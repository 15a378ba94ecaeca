from collections.abc import Mapping
from dataclasses import dataclass

from market.items.models import Item
from market.purchases.errors import CartRefused
from market.purchases.models import Cart, CartLine
from market.purchases.selectors.offers import Offer, offers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CartRow:
    """A line as it stands today: either it has an offer, or `problem` says why it has none."""

    line: CartLine
    item: Item
    offer: Offer | None
    problem: str
    was_cents: int | None  # the price seen last, if it is another one now
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
    def tax_cents(self) -> int:
        return sum(offer.quote.tax_cents for _, offer in self.buyable)

    @property
    def currency(self) -> str:
        return next((offer.quote.currency for _, offer in self.buyable), "USD")

    @property
    def prices(self) -> dict[int, int]:
        """{line: all-in cents}: what a form says that its reader was shown."""
        return {line.pk: offer.total_cents for line, offer in self.buyable}


def cart_page(
    cart: Cart | None,
    *,
    buyer_id: int | None,
    shown_cents: Mapping[int, int] | None = None,
) -> CartPage:
    """A cart at today's prices.

    `shown_cents` ({line: cents}) is what a form showed; else the lines themselves remember what
    was seen last.
    """
    if cart is None:
        return CartPage(cart=None, rows=[])
    lines = list(cart.lines.select_related("item").order_by("pk"))
    offers = offers_of({line.item_id for line in lines})
    rows = []
    for line in lines:
        offer, problem = None, ""
        try:
            offer = offers.get(line.item_id, line.licence_code, buyer_id=buyer_id)
        except CartRefused as refusal:
            problem = str(refusal)
        seen = (shown_cents or {}).get(line.pk, line.shown_cents)
        rows.append(
            CartRow(
                line=line,
                item=line.item,
                offer=offer,
                problem=problem,
                was_cents=seen if offer and offer.total_cents != seen else None,
                choices=offers.of_item(line.item_id) if line.item.is_for_sale else [],
            )
        )
    return CartPage(cart=cart, rows=rows)


def cart_count(cart: Cart | None) -> int:
    return 0 if cart is None else cart.lines.count()
