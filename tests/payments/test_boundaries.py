"""Clocks and sums exactly at the boundary of a tier or of a rate's validity."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from market.payments import pricing
from market.payments.models import AuthorFeeRate, Balance, BuyerFee
from market.payments.pricing import EXCLUSIVE_STEP_CENTS
from market.purchases.errors import PriceChanged
from market.purchases.models import Purchase
from market.purchases.selectors.carts import cart_page
from market.purchases.services import checkout
from market.tenancy.registry import marketplace
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
BELOW, FIRST_STEP = EXCLUSIVE_STEP_CENTS - 1, EXCLUSIVE_STEP_CENTS
FIRST_BP, SECOND_BP = 3750, 3625


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.fixture
def author(sites):
    made = factories.make_author()
    made.profile.is_exclusive = True
    made.profile.save(update_fields=["is_exclusive"])
    return made


def sold_so_far(author, cents):
    Balance.objects.filter(account__scope=f"user:{author.pk}").update(lifetime_cents=cents)


def rates_of(order):
    return list(order.lines.order_by("pk").values_list("author_fee_bp", flat=True))


@pytest.mark.parametrize(
    ("before", "rate_bp"),
    [(BELOW, FIRST_BP), (FIRST_STEP, SECOND_BP), (FIRST_STEP + 1, SECOND_BP)],
)
def test_a_tier_begins_with_its_cent(buyer, author, before, rate_bp):
    steps.buy(factories.make_user(), factories.make_item(author=author))
    sold_so_far(author, before)

    order = steps.place(buyer, factories.make_item(author=author))

    assert rates_of(order) == [rate_bp]


def test_sales_of_one_order_that_cross_a_tier_have_the_tier_of_its_beginning(buyer, author):
    steps.buy(factories.make_user(), factories.make_item(author=author))
    sold_so_far(author, FIRST_STEP - 1900)

    order = steps.buy(buyer, *(factories.make_item(author=author) for _ in range(2)))

    assert rates_of(order) == [FIRST_BP, FIRST_BP]
    assert Balance.objects.get(account__scope=f"user:{author.pk}").lifetime_cents == (
        FIRST_STEP + 1900
    )
    later = steps.place(buyer, factories.make_item(author=author))
    assert rates_of(later) == [SECOND_BP]


def test_an_open_order_keeps_its_tier_whatever_is_sold_meanwhile(buyer, author):
    steps.buy(factories.make_user(), factories.make_item(author=author))
    order = steps.place(buyer, factories.make_item(author=author))
    sold_so_far(author, 10 * FIRST_STEP)

    steps.settle(steps.decide(steps.ask(order)))

    assert Purchase.objects.get(order_line__order=order).author_fee_bp == FIRST_BP


def test_a_fee_changes_at_midnight_for_both_sides_of_it(sites):
    midnight = datetime(2030, 1, 1, tzinfo=UTC)
    site = marketplace("graphics").id
    BuyerFee.objects.filter(site_id=site, licence_code="standard").update(valid_until=midnight)
    BuyerFee.objects.create(site_id=site, licence_code="standard", cents=350, valid_from=midnight)
    AuthorFeeRate.objects.filter(is_exclusive=False).update(valid_until=midnight)
    AuthorFeeRate.objects.create(is_exclusive=False, rate_bp=5000, valid_from=midnight)

    def quote(at):
        return pricing.quote(
            site_id=site,
            licence_code="standard",
            item_price_cents=1900,
            author_id=1,
            is_exclusive=False,
            at=at,
        )

    last, first = quote(midnight - timedelta(microseconds=1)), quote(midnight)
    assert (last.buyer_fee_cents, last.author_fee_bp) == (200, 5500)
    assert (first.buyer_fee_cents, first.author_fee_bp) == (350, 5000)


def test_a_fee_that_rises_between_cart_and_order_is_confirmed(buyer, item):
    cart = steps.fill_cart(buyer, item)
    shown = cart_page(cart, buyer_id=buyer.pk).prices
    now = timezone.now()
    BuyerFee.objects.filter(licence_code="standard").update(valid_until=now)
    BuyerFee.objects.create(
        site_id=item.site_id, licence_code="standard", cents=350, valid_from=now
    )

    with pytest.raises(PriceChanged):
        checkout.place_order(
            buyer=buyer,
            cart=cart,
            key=cart.checkout_key,
            shown_cents=shown,
            billing=steps.UNTAXED,
        )

    assert steps.place_cart(buyer, cart).total_cents == 1900 + 350


@pytest.fixture
def item(sites):
    return factories.make_item(price_cents=1900)
