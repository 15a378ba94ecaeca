"""What more months of support cost, with the purchase and later."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from market.core.money import share
from market.payments.models import SupportRate
from market.payments.periods import SEEDED_FROM, in_force
from market.tenancy.registry import marketplaces

Kind = SupportRate.Kind
# The platform's part of what is paid for support.
FEE_BP = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPrice:
    """The author earns `cents` − `fee_cents`; the rates are those that were in force."""

    cents: int
    rate_bp: int
    fee_bp: int
    fee_cents: int


@dataclass(frozen=True, slots=True)
class SupportCard:
    """The rates in force at one moment: {(site_id, kind): (share of the item's price, fee)}."""

    rates: dict[tuple[int, str], tuple[int, int]]

    def price(self, *, site_id: int, kind: str, item_price_cents: int) -> SupportPrice | None:
        """None where no rate is in force: then it is not sold."""
        found = self.rates.get((site_id, kind))
        if found is None or not item_price_cents:
            return None
        rate_bp, fee_bp = found
        cents, _ = share(item_price_cents, rate_bp)
        fee_cents, _ = share(cents, fee_bp)
        return SupportPrice(cents=cents, rate_bp=rate_bp, fee_bp=fee_bp, fee_cents=fee_cents)


def support_card(site_ids: Collection[int], at: datetime | None = None) -> SupportCard:
    """The rates of these marketplaces, now or at a moment; no query for none."""
    if not site_ids:
        return SupportCard({})
    rates = SupportRate.objects.filter(in_force(at or timezone.now()), site_id__in=site_ids)
    # Of several in force the latest counts: it comes last.
    return SupportCard(
        {(one.site_id, one.kind): (one.rate_bp, one.fee_bp) for one in rates.order_by("valid_from")}
    )


def seed_support_rates() -> None:
    """The first rates, from the sites' definitions; repeating it adds what is missing."""
    SupportRate.objects.bulk_create(
        [
            SupportRate(
                site_id=site.id, kind=kind, rate_bp=bp, fee_bp=FEE_BP, valid_from=SEEDED_FROM
            )
            for site in marketplaces()
            if site.support.offered
            for kind, bp in (
                (Kind.UPGRADE, site.support.upgrade_bp),
                (Kind.EXTENSION, site.support.extension_bp),
                (Kind.RENEWAL, site.support.renewal_bp),
            )
        ],
        ignore_conflicts=True,
    )
