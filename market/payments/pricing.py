"""What a buyer pays and an author earns. All rates stand in tables with validity dates."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from market.core.money import share
from market.payments.models import Account, AuthorFeeRate, Balance, BuyerFee
from market.payments.periods import SEEDED_FROM, in_force
from market.payments.support import SupportPrice, seed_support_rates
from market.payments.tax import Tax, seed_tax_rates
from market.tenancy.registry import marketplaces

NON_EXCLUSIVE_BP = 5500
EXCLUSIVE_START_BP, EXCLUSIVE_END_BP = 3750, 1250
EXCLUSIVE_STEP_BP, EXCLUSIVE_STEP_CENTS = 125, 375_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """total = item price + support + buyer fee + tax.

    The author earns item price − author fee, and support − support fee.
    """

    item_price_cents: int
    buyer_fee_cents: int
    tax_cents: int
    total_cents: int
    author_fee_bp: int
    author_fee_cents: int
    currency: str
    support_cents: int = 0
    support_fee_bp: int = 0
    support_fee_cents: int = 0
    tax_rate_bp: int = 0
    tax_scope: str = ""

    @property
    def net_cents(self) -> int:
        return self.item_price_cents + self.support_cents + self.buyer_fee_cents

    def waived(self) -> "Quote":
        """The same given away: nobody pays and nobody earns; the author's rate stays on record."""
        return replace(
            self,
            item_price_cents=0,
            buyer_fee_cents=0,
            tax_cents=0,
            total_cents=0,
            author_fee_cents=0,
        )

    def with_support(self, price: SupportPrice) -> "Quote":
        """With more months; before tax is put on it."""
        return replace(
            self,
            support_cents=price.cents,
            support_fee_bp=price.fee_bp,
            support_fee_cents=price.fee_cents,
            total_cents=self.total_cents + price.cents,
        )

    def with_tax(self, tax: Tax) -> "Quote":
        cents = tax.of(self.net_cents)
        return replace(
            self,
            tax_cents=cents,
            tax_rate_bp=tax.rate_bp,
            tax_scope=tax.scope,
            total_cents=self.net_cents + cents,
        )


class Unpriced(LookupError):
    """No rate is in force for this marketplace and licence: seed_rates was not run."""


@dataclass(frozen=True, slots=True)
class RateCard:
    """The rates in force at one moment, read by two queries for any number of quotes."""

    buyer_fee_cents: dict[tuple[int, str], int]  # by (site_id, licence_code)
    author_fee_steps: dict[bool, list[tuple[int, int]]]  # by exclusivity: (from cents, bp), rising

    def author_fee_bp(self, *, is_exclusive: bool, lifetime_cents: int) -> int:
        steps = self.author_fee_steps.get(is_exclusive, [])
        reached = [rate for start, rate in steps if start <= lifetime_cents]
        if not reached:
            raise Unpriced("author fee")
        return reached[-1]

    def quote(
        self,
        *,
        site_id: int,
        licence_code: str,
        item_price_cents: int,
        is_exclusive: bool,
        lifetime_cents: int,
        currency: str = "USD",
    ) -> Quote:
        fee = self.buyer_fee_cents.get((site_id, licence_code))
        if fee is None:
            raise Unpriced(f"{site_id}/{licence_code}")
        rate_bp = self.author_fee_bp(is_exclusive=is_exclusive, lifetime_cents=lifetime_cents)
        author_fee_cents, _ = share(item_price_cents, rate_bp)
        return Quote(
            item_price_cents=item_price_cents,
            buyer_fee_cents=fee,
            tax_cents=0,
            total_cents=item_price_cents + fee,
            author_fee_bp=rate_bp,
            author_fee_cents=author_fee_cents,
            currency=currency,
        )


def rate_card(at: datetime | None = None) -> RateCard:
    """The rates in force now, or at a moment."""
    moment = at or timezone.now()
    fees = {(fee.site_id, fee.licence_code): fee.cents for fee in _fees_at(moment)}
    steps: dict[bool, dict[int, int]] = {}
    rates = AuthorFeeRate.objects.filter(in_force(moment))
    for rate in rates.order_by("from_lifetime_cents", "valid_from"):
        steps.setdefault(rate.is_exclusive, {})[rate.from_lifetime_cents] = rate.rate_bp
    return RateCard(fees, {kind: list(by_start.items()) for kind, by_start in steps.items()})


def quote(  # noqa: PLR0913  # a price has this many reasons
    *,
    site_id: int,
    licence_code: str,
    item_price_cents: int,
    author_id: int,
    is_exclusive: bool,
    lifetime_cents: int | None = None,
    currency: str = "USD",
    at: datetime | None = None,
) -> Quote:
    """One quote; for many, take a `rate_card`. `lifetime_cents` is looked up if not given."""
    if lifetime_cents is None:
        lifetime_cents = lifetime_sales_cents(author_id)
    return rate_card(at).quote(
        site_id=site_id,
        licence_code=licence_code,
        item_price_cents=item_price_cents,
        is_exclusive=is_exclusive,
        lifetime_cents=lifetime_cents,
        currency=currency,
    )


def buyer_fees(site_id: int) -> dict[str, int]:
    """{licence code: cents} of a marketplace, by one query."""
    fees = _fees_at(timezone.now()).filter(site_id=site_id)
    return {fee.licence_code: fee.cents for fee in fees}


def fees_of(
    *, site_id: int | Combinable, licence_code: str | F, at: datetime | Combinable
) -> QuerySet[BuyerFee]:
    """What is in force at a moment, the fee that counts first: for a query's own subquery."""
    rows = BuyerFee.objects.filter(in_force(at), site_id=site_id, licence_code=licence_code)
    return rows.order_by("-valid_from")


def lifetime_sales_cents(author_id: int) -> int:
    return lifetime_sales([author_id]).get(author_id, 0)


def lifetime_sales(author_ids: Iterable[int]) -> dict[int, int]:
    """{author: cents of item prices sold so far}, by one query; those who sold nothing miss."""
    scopes = {f"user:{author_id}": author_id for author_id in author_ids}
    balances = Balance.objects.filter(
        account__kind=Account.Kind.AUTHOR_EARNINGS, account__scope__in=scopes
    )
    sold: dict[int, int] = {}
    for scope, cents in balances.values_list("account__scope", "lifetime_cents"):
        sold[scopes[scope]] = sold.get(scopes[scope], 0) + cents
    return sold


def seed_rates() -> None:
    """The first rates: those of the sites' definitions, the author's fee as it began, tax.

    Repeating it adds what is missing (a new site or licence) and changes nothing.
    """
    BuyerFee.objects.bulk_create(
        [
            BuyerFee(
                site_id=site.id,
                licence_code=licence.code,
                cents=licence.buyer_fee_cents,
                currency=site.pricing.currency,
                valid_from=SEEDED_FROM,
            )
            for site in marketplaces()
            for licence in site.licences
        ],
        ignore_conflicts=True,
    )
    steps = (EXCLUSIVE_START_BP - EXCLUSIVE_END_BP) // EXCLUSIVE_STEP_BP
    rates = [(False, 0, NON_EXCLUSIVE_BP)]
    rates += [
        (True, step * EXCLUSIVE_STEP_CENTS, EXCLUSIVE_START_BP - step * EXCLUSIVE_STEP_BP)
        for step in range(steps + 1)
    ]
    AuthorFeeRate.objects.bulk_create(
        [
            AuthorFeeRate(
                is_exclusive=is_exclusive,
                from_lifetime_cents=start,
                rate_bp=rate_bp,
                valid_from=SEEDED_FROM,
            )
            for is_exclusive, start, rate_bp in rates
        ],
        ignore_conflicts=True,
    )
    seed_support_rates()
    seed_tax_rates()


def _fees_at(moment: datetime) -> QuerySet[BuyerFee]:
    """Of several in force for one licence the latest counts: it comes last."""
    return BuyerFee.objects.filter(in_force(moment)).order_by("valid_from")
