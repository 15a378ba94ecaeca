"""What is kept back for the tax office of the United States, once for each sale.

By the author's form (instructions to forms W-8BEN, W-9 and 1042-S): none for US persons; for others
with a tax number the rate of their country's treaty, without one (or without a treaty) 30 %, both
on what buyers in the United States paid; for those who gave no form, 24 % on all. The base are
item prices before our fee; support is a service that is given elsewhere. A refund of a sale that a
payout was withheld from gives the same part back, never more than that payout withheld.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from market.core.money import share
from market.payments import ledger
from market.payments.ledger import Move, Side
from market.payments.models import Account, Payout, TaxForm, Transfer, TreatyRate
from market.payments.selectors.payouts import ItemSales, SaleFacts, tax_form
from market.payments.undoing import moved
from market.users.models import User

NO_TREATY_BP, BACKUP_BP = 3000, 2400
OFFICE = Side(Account.Kind.WITHHOLDING, "US")
SEEDED_FROM = date(2000, 1, 1)
# Royalties for copyrighted works, after the office's table of treaties. A start: operators have it
# checked before the first payout; what changes is a new row with the day from which it holds.
TREATIES = {
    "AU": 500, "AT": 0, "BE": 0, "BG": 500, "CA": 0, "CH": 0, "CN": 1000, "CY": 0, "CZ": 0,
    "DE": 0, "DK": 0, "EE": 1000, "ES": 0, "FI": 0, "FR": 0, "GB": 0, "GR": 0,
    "HU": 0, "ID": 1000, "IE": 0, "IL": 1000, "IN": 1500, "IS": 0, "IT": 0, "JM": 1000, "JP": 0,
    "KR": 1000, "KZ": 1000, "LK": 1000, "LT": 1000, "LU": 0, "LV": 1000, "MA": 1000, "MT": 1000,
    "MX": 1000, "NL": 0, "NO": 0, "NZ": 500, "PH": 1500, "PK": 0, "PL": 1000, "PT": 1000,
    "RO": 1000, "SE": 0, "SI": 500, "SK": 0, "TH": 500, "TN": 1500, "TR": 1000, "TT": 0, "UA": 1000,
    "VE": 1000, "ZA": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    bp: int
    on_all: bool = False

    def base(self, sales: ItemSales) -> int:
        return sales.all_cents if self.on_all else sales.us_cents


def rate_of(*, author_id: int, on: date) -> Rate:
    """What is withheld from an author on a day."""
    form = tax_form(author_id, on)
    if form is None:
        return Rate(BACKUP_BP, on_all=True)
    if form.kind == TaxForm.Kind.W9:
        return Rate(0)
    if not form.tax_id_hash:
        return Rate(NO_TREATY_BP)
    rates = TreatyRate.objects.filter(country=form.country, valid_from__lte=on)
    treaty = rates.order_by("-valid_from").values_list("rate_bp", flat=True).first()
    return Rate(NO_TREATY_BP if treaty is None else treaty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be withheld of sales after `covers_from`, which no payout has covered yet."""

    covers_from: datetime
    rate: Rate
    base_cents: int

    @property
    def cents(self) -> int:
        return share(self.base_cents, self.rate.bp)[0]


def due(*, author: User, currency: str, until: datetime, on: date, facts: SaleFacts) -> Due:
    """Of what cleared before a moment, at a day's rate."""
    last = Payout.objects.filter(author=author, currency=currency).order_by("-pk").first()
    covers_from = last.covers_until if last else author.date_joined
    rate = rate_of(author_id=author.pk, on=on)
    sales = facts.item_sales(author.pk, covers_from, until)
    return Due(covers_from=covers_from, rate=rate, base_cents=rate.base(sales))


def give_back(  # a sale, and what undoes it
    *,
    author_id: int,
    sold_at: datetime,
    item_cents: int,
    is_us: bool,
    source: str,
    currency: str,
) -> list[Move]:
    """What a refund or reversal of a sale returns to the author: moves for the caller to book.

    Nothing for a sale that no payout has covered yet. The caller holds the author's balance, as a
    cut-off does: it sees the sale as undone, or this sees its payout.
    """
    payout = Payout.objects.filter(
        author=author_id,
        currency=currency,
        covers_from__lt=sold_at,
        covers_until__gte=sold_at,
        withheld_cents__gt=0,
    ).first()
    if payout is None or not (is_us or payout.withheld_on_all):
        return []
    part, _ = share(item_cents, payout.withheld_bp)
    locked = Payout.objects.select_for_update().get(pk=payout.pk)
    back = min(part, locked.withheld_cents - locked.withheld_back_cents)
    if back <= 0:
        return []
    Payout.objects.filter(pk=payout.pk).update(withheld_back_cents=F("withheld_back_cents") + back)
    code, payer, receiver = (
        Transfer.Kind.WITHHOLDING_RETURNED,
        OFFICE,
        ledger.earnings_of(author_id),
    )
    return [Move(source=source, code=code, cents=back, payer=payer, receiver=receiver)]


def withhold_again(*, author_id: int, sold_at: datetime, source: str, currency: str) -> list[Move]:
    """The sale is restored that `source` had undone: what was returned is withheld as before."""
    back = moved(source, [Transfer.Kind.WITHHOLDING_RETURNED]).get(
        Transfer.Kind.WITHHOLDING_RETURNED, 0
    )
    if not back:
        return []
    Payout.objects.filter(
        author=author_id, currency=currency, covers_from__lt=sold_at, covers_until__gte=sold_at
    ).update(withheld_back_cents=F("withheld_back_cents") - back)
    author, code = ledger.earnings_of(author_id), Transfer.Kind.WITHHOLDING
    return [Move(source=source, code=code, cents=back, payer=author, receiver=OFFICE)]


def seed_treaties() -> None:
    """The first rates. Repeating it adds what is missing and changes nothing."""
    TreatyRate.objects.bulk_create(
        [
            TreatyRate(country=country, rate_bp=rate_bp, valid_from=SEEDED_FROM)
            for country, rate_bp in TREATIES.items()
        ],
        ignore_conflicts=True,
    )
