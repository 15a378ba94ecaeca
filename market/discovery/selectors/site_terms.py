"""The figures that a marketplace's help and terms state, from where the shop itself has them."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from market.payments import pricing
from market.payments.gateways import gateway_name
from market.purchases.selectors.library import DOWNLOAD_LIMIT, DOWNLOAD_WINDOW
from market.purchases.services import cart, downloads
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.parts import LicenceTerms


@dataclass(frozen=True, slots=True)
class FeeStep:
    """What an exclusive author (as all are at first) pays from so many cents of sales on."""

    from_cents: int
    rate_bp: int


@dataclass(frozen=True, slots=True)
class SiteTerms:
    """`worked` is an author's first sale, at the highest price that the site suggests."""

    buyer_fees: list[tuple[LicenceTerms, int]]
    fee_steps: list[FeeStep]
    worked: pricing.Quote
    download_limit: int
    download_hours: int
    link_minutes: int
    order_minutes: int
    cart_lines: int
    is_sandbox: bool
    currency: str
    clear_days: int
    payout_cut_off_day: int
    payout_pay_day: int
    payout_connect_cents: int
    payout_bank_cents: int
    payout_bank_fee_cents: int
    refund_answer_days: int

    @property
    def first_step(self) -> FeeStep:
        return self.fee_steps[0]

    @property
    def last_step(self) -> FeeStep:
        return self.fee_steps[-1]

    @property
    def worked_earnings_cents(self) -> int:
        return self.worked.item_price_cents - self.worked.author_fee_cents


def site_terms(marketplace: Marketplace) -> SiteTerms:
    """Two queries."""
    rates = pricing.rate_card()
    first = marketplace.licences[0]
    return SiteTerms(
        buyer_fees=[
            (terms, rates.buyer_fee_cents[marketplace.id, terms.code])
            for terms in marketplace.licences
        ],
        fee_steps=[FeeStep(start, bp) for start, bp in rates.author_fee_steps[True]],
        worked=rates.quote(
            site_id=marketplace.id,
            licence_code=first.code,
            item_price_cents=marketplace.pricing.suggested_item_price_cents[-1],
            is_exclusive=True,
            lifetime_cents=0,
            currency=marketplace.pricing.currency,
        ),
        download_limit=DOWNLOAD_LIMIT,
        download_hours=_hours(DOWNLOAD_WINDOW),
        link_minutes=downloads.TOKEN_SECONDS // 60,
        order_minutes=settings.ORDER_EXPIRY_SECONDS // 60,
        cart_lines=cart.MAX_LINES,
        is_sandbox=gateway_name() == "sandbox",
        currency=marketplace.pricing.currency,
        clear_days=settings.EARNINGS_CLEAR_DAYS,
        payout_cut_off_day=settings.PAYOUT_CUT_OFF_DAY,
        payout_pay_day=settings.PAYOUT_PAY_DAY,
        payout_connect_cents=settings.PAYOUT_THRESHOLD_CENTS["connect"],
        payout_bank_cents=settings.PAYOUT_THRESHOLD_CENTS["bank"],
        payout_bank_fee_cents=settings.PAYOUT_BANK_FEE_CENTS,
        refund_answer_days=settings.REFUND_ANSWER_DAYS,
    )


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
