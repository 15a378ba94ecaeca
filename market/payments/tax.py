"""Tax on what is supplied electronically, as data: the buyer's country decides (place of supply).

EU: articles 45, 58 and 196 of Directive 2006/112/EC. A consumer pays the rate of the country of
residence; a business in another member state than the seller that shows a valid number owes the
tax itself (reverse charge). UK and Australia tax what is sold to people there; elsewhere there
is none.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone

from market.payments.models import TaxRate
from market.payments.periods import SEEDED_FROM, in_force

EU = "EU"
# Standard rates of the member states; where a rate rose since we know it, since when.
_EU_RATES: dict[str, int] = {
    "AT": 2000, "BE": 2100, "BG": 2000, "CY": 1900, "CZ": 2100, "DE": 1900, "DK": 2500,
    "EE": 2200, "ES": 2100, "FI": 2400, "FR": 2000, "GR": 2400, "HR": 2500, "HU": 2700,
    "IE": 2300, "IT": 2200, "LT": 2100, "LU": 1700, "LV": 2100, "MT": 1800, "NL": 2100,
    "PL": 2300, "PT": 2300, "RO": 1900, "SE": 2500, "SI": 2200, "SK": 2000,
}  # fmt: skip
_EU_LATER: dict[str, tuple[int, datetime]] = {
    "EE": (2400, datetime(2025, 7, 1, tzinfo=UTC)),
    "FI": (2550, datetime(2024, 9, 1, tzinfo=UTC)),
    "RO": (2100, datetime(2025, 8, 1, tzinfo=UTC)),
    "SK": (2300, datetime(2025, 1, 1, tzinfo=UTC)),
}
_OTHER_RATES: dict[str, int] = {"GB": 2000, "AU": 1000}


@dataclass(frozen=True, slots=True)
class Tax:
    """The rate for one buyer at one moment. `scope` is the tax office: the buyer's country."""

    scope: str = ""
    rate_bp: int = 0
    area: str = ""
    is_reverse_charge: bool = False

    @property
    def takes_vat_id(self) -> bool:
        """Whether a valid number frees a buyer there from it."""
        return self.area == EU and self.scope != settings.SELLER_COUNTRY

    def of(self, net_cents: int) -> int:
        """On top of a net price, each line rounded for itself, halves up."""
        return (net_cents * self.rate_bp + 5_000) // 10_000


NO_TAX = Tax()


def tax_for(*, country: str, has_valid_vat_id: bool = False, at: datetime | None = None) -> Tax:
    """By one query. An unknown country has no tax yet: nothing is sold for money to it."""
    if not country:
        return NO_TAX
    rate = _rate(country, at or timezone.now())
    if rate is None:
        return Tax(scope=country)
    tax = Tax(scope=country, rate_bp=rate.rate_bp, area=rate.area)
    if tax.takes_vat_id and has_valid_vat_id:
        return replace(tax, rate_bp=0, is_reverse_charge=True)
    return tax


def seed_tax_rates() -> None:
    """The first rates; repeating it adds what is missing and changes nothing."""
    rows = []
    for country, bp in _EU_RATES.items():
        later = _EU_LATER.get(country)
        rows.append(_row(country, bp, area=EU, until=later[1] if later else None))
        if later:
            rows.append(_row(country, later[0], area=EU, since=later[1]))
    rows += [_row(country, bp) for country, bp in _OTHER_RATES.items()]
    TaxRate.objects.bulk_create(rows, ignore_conflicts=True)


def _rate(country: str, moment: datetime) -> TaxRate | None:
    rates = TaxRate.objects.filter(in_force(moment), country=country, kind=TaxRate.Kind.ELECTRONIC)
    return rates.order_by("-valid_from").first()


def _row(
    country: str,
    rate_bp: int,
    *,
    area: str = "",
    since: datetime = SEEDED_FROM,
    until: datetime | None = None,
) -> TaxRate:
    return TaxRate(
        country=country,
        area=area,
        kind=TaxRate.Kind.ELECTRONIC,
        rate_bp=rate_bp,
        valid_from=since,
        valid_until=until,
    )
