"""What an author would earn: the very steps by which a checkout makes a price."""

from dataclasses import dataclass
from datetime import datetime

from market.payments import pricing
from market.payments.pricing import Quote
from market.payments.support import Kind, support_card
from market.payments.tax import tax_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A sale that somebody imagines. `country` is the buyer's, empty for one without tax."""

    site_id: int
    licence_code: str
    item_price_cents: int
    is_exclusive: bool
    lifetime_cents: int
    with_support: bool = False
    country: str = ""
    currency: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """`next_step_cents` are the sales from which on the author's fee is `next_fee_bp`."""

    quote: Quote
    next_step_cents: int | None
    next_fee_bp: int | None

    @property
    def author_cents(self) -> int:
        one = self.quote
        sold = one.item_price_cents + one.support_cents
        return sold - one.author_fee_cents - one.support_fee_cents

    @property
    def platform_cents(self) -> int:
        one = self.quote
        return one.buyer_fee_cents + one.author_fee_cents + one.support_fee_cents


def estimate(plan: Plan, *, at: datetime | None = None) -> Estimate:
    """By four queries. Raises Unpriced where no rate is in force."""
    card = pricing.rate_card(at)
    quote = card.quote(
        site_id=plan.site_id,
        licence_code=plan.licence_code,
        item_price_cents=plan.item_price_cents,
        is_exclusive=plan.is_exclusive,
        lifetime_cents=plan.lifetime_cents,
        currency=plan.currency,
    )
    support = None
    if plan.with_support:
        rates = support_card([plan.site_id], at)
        support = rates.price(
            site_id=plan.site_id, kind=Kind.UPGRADE, item_price_cents=plan.item_price_cents
        )
    if support is not None:
        quote = quote.with_support(support)
    quote = quote.with_tax(tax_for(country=plan.country, at=at))
    steps = card.author_fee_steps.get(plan.is_exclusive, [])
    later = next((step for step in steps if step[0] > plan.lifetime_cents), (None, None))
    return Estimate(quote=quote, next_step_cents=later[0], next_fee_bp=later[1])
