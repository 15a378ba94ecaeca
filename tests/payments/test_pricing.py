from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from market.core.money import share
from market.payments import pricing
from market.payments.models import AuthorFeeRate, BuyerFee
from market.tenancy.registry import marketplace

pytestmark = pytest.mark.django_db


def quote(**changes):
    asked = {
        "site_id": marketplace("graphics").id,
        "licence_code": "standard",
        "item_price_cents": 1900,
        "author_id": 1,
        "is_exclusive": True,
        "lifetime_cents": 0,
    }
    return pricing.quote(**asked | changes)


def test_a_price_has_everything_in_it(sites):
    found = quote()

    assert found.buyer_fee_cents == 200
    assert found.total_cents == 1900 + 200
    assert (found.author_fee_bp, found.author_fee_cents) == (3750, 713)  # 712.5: the fee's cent


@pytest.mark.parametrize(
    ("lifetime_cents", "rate_bp"),
    [
        (0, 3750),
        (374_999, 3750),
        (375_000, 3625),
        (750_000, 3500),
        (7_499_999, 1375),
        (7_500_000, 1250),
        (10**12, 1250),
    ],
)
def test_an_exclusive_authors_fee_falls_with_lifetime_sales(sites, lifetime_cents, rate_bp):
    assert quote(lifetime_cents=lifetime_cents).author_fee_bp == rate_bp


def test_a_non_exclusive_authors_fee_stays(sites):
    assert quote(is_exclusive=False, lifetime_cents=10**9).author_fee_bp == 5500


def test_seeding_again_changes_nothing(sites):
    before = (BuyerFee.objects.count(), AuthorFeeRate.objects.count())

    pricing.seed_rates()

    assert (BuyerFee.objects.count(), AuthorFeeRate.objects.count()) == before
    assert before[1] == 22


def test_a_later_rate_takes_over_from_its_day_on(sites):
    tomorrow = timezone.now() + timedelta(days=1)
    site = marketplace("graphics")
    BuyerFee.objects.create(
        site_id=site.id, licence_code="standard", cents=350, valid_from=tomorrow
    )

    assert quote().buyer_fee_cents == 200
    assert quote(at=tomorrow + timedelta(seconds=1)).buyer_fee_cents == 350
    assert pricing.buyer_fees(site.id)["standard"] == 200


def test_what_has_no_rate_has_no_price(sites):
    with pytest.raises(pricing.Unpriced):
        quote(licence_code="no-such-licence")
    with pytest.raises(pricing.Unpriced):
        quote(at=datetime(1999, 1, 1, tzinfo=UTC))


@given(cents=st.integers(1, 10**8), rate_bp=st.integers(0, 10_000))
def test_fee_and_earnings_add_up_to_the_price(cents, rate_bp):
    fee, earned = share(cents, rate_bp)

    assert fee + earned == cents
    assert fee >= 0
    assert earned >= 0
    assert abs(fee * 10_000 - cents * rate_bp) < 10_000
