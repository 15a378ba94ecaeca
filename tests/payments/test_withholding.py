"""What is kept back for the tax office of the United States, and what a refund returns of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from market.payments import ledger
from market.payments.errors import TaxFormRefused
from market.payments.models import Payment, Payout, TaxForm, TreatyRate
from market.payments.selectors.ledger import transfers_of, trial_balance
from market.payments.services import payout_accounts, payouts, withholding
from market.payments.services.withholding import Rate
from market.purchases.models import OrderLine, Purchase
from market.purchases.selectors.payout_facts import SALE_FACTS
from market.purchases.services.refunds import Why, refund_lines
from market.purchases.services.reversals import restore_payment, reverse_payment
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 8)


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""
    settings.PAYOUT_THRESHOLD_CENTS = {"connect": 100, "bank": 100}
    withholding.seed_treaties()


def sign(author, kind="w8ben", country="DE", tax_id="12345678901"):
    return payout_accounts.sign_tax_form(
        author=author, kind=kind, legal_name="A. Uthor", country=country, tax_id=tax_id
    )


@pytest.mark.parametrize(
    ("form", "rate"),
    [
        (None, Rate(2400, on_all=True)),
        ({"kind": "w9", "country": "US", "tax_id": "123-45-6789"}, Rate(0)),
        ({"country": "DE"}, Rate(0)),
        ({"country": "IN"}, Rate(1500)),
        ({"country": "DE", "tax_id": ""}, Rate(3000)),
        ({"country": "BR"}, Rate(3000)),
    ],
)
def test_the_form_decides_the_rate(author, form, rate):
    if form:
        sign(author, **form)

    assert withholding.rate_of(author_id=author.pk, on=TODAY) == rate


def test_a_form_that_ran_out_is_none(author):
    form = sign(author)

    after = form.valid_until + timedelta(days=1)

    assert withholding.rate_of(author_id=author.pk, on=form.valid_until) == Rate(0)
    assert withholding.rate_of(author_id=author.pk, on=after) == Rate(2400, on_all=True)


def test_a_treaty_holds_from_its_day_on(author):
    sign(author, country="IN")
    TreatyRate.objects.create(country="IN", rate_bp=1000, valid_from=date(2027, 1, 1))

    assert withholding.rate_of(author_id=author.pk, on=date(2026, 12, 31)).bp == 1500
    assert withholding.rate_of(author_id=author.pk, on=date(2027, 1, 1)).bp == 1000


def test_the_number_itself_is_never_kept(author):
    form = sign(author, tax_id="123 456 789 01")

    assert form.tax_id_end == "8901"
    assert "12345678901" not in str(TaxForm.objects.values().get())


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "w9", "country": "DE"}, "country"),
        ({"kind": "w8ben", "country": "US"}, "country"),
        ({"kind": "w9", "country": "US", "tax_id": ""}, "tax_id"),
        ({"kind": "w9", "country": "US", "tax_id": "000-00-0000"}, "tax_id"),
        ({"tax_id": "'; DROP TABLE"}, "tax_id"),
    ],
)
def test_declarations_that_can_not_be_are_refused(author, form, field):
    with pytest.raises(TaxFormRefused) as refusal:
        sign(author, **form)

    assert refusal.value.field == field
    assert not TaxForm.objects.exists()


@pytest.fixture
def item(sites):
    return factories.make_item(price_cents=1900)


@pytest.fixture
def paid(buyer, item):
    """Two purchases of 40 days ago, one of a buyer in the US, and the author's payout of them."""
    seller = item.author
    sign(seller, country="IN")  # 15 %
    payout_accounts.set_payout_account(
        author=seller, method="connect", holder="A. Uthor", destination="acct_12345678"
    )
    type(seller).objects.filter(pk=seller.pk).update(date_joined=datetime(2020, 1, 1, tzinfo=UTC))
    steps.buy(buyer, item)
    steps.buy(buyer, item)
    here, there = Purchase.objects.order_by("pk")
    for purchase, place in ((here, "DE"), (there, "US")):
        Purchase.objects.filter(pk=purchase.pk).update(tax_scope=place)
        OrderLine.objects.filter(pk=purchase.order_line_id).update(tax_scope=place)
    then = timezone.now() + timedelta(days=70)
    month = payouts.open_batch(now=then.replace(day=20))
    payout = payouts.cut_off(batch=month, author_id=seller.pk, currency="USD", facts=SALE_FACTS)
    return here, there, payout


def test_it_is_withheld_from_what_buyers_in_the_us_paid_for_items(paid):
    here, there, payout = paid
    item_cents = there.item_price_cents

    assert (payout.withheld_bp, payout.withheld_base_cents) == (1500, item_cents)
    assert payout.withheld_cents == round(item_cents * 0.15)
    assert payout.cents == payout.gross_cents - payout.withheld_cents
    assert ledger.balance(kind="withholding", scope="US") == payout.withheld_cents
    assert ledger.balance(kind="author_earnings", scope=f"user:{here.author_id}") == 0


def refund(purchase):
    line = OrderLine.objects.get(pk=purchase.order_line_id)
    return refund_lines(lines=[line], why=Why(reason="test"))[0]


def test_a_refund_returns_what_was_withheld_of_that_sale_alone(paid):
    here, there, payout = paid

    elsewhere, in_us = refund(here), refund(there)

    booked = transfers_of([elsewhere.source, in_us.source])
    assert "withholding_returned" not in booked[elsewhere.source]
    assert booked[in_us.source]["withholding_returned"] == payout.withheld_cents
    assert ledger.balance(kind="withholding", scope="US") == 0
    assert trial_balance().is_sound


def test_a_reversal_returns_it_and_a_won_dispute_withholds_it_again(paid):
    _, there, payout = paid
    payment = Payment.objects.get(gateway_ref=there.order_line.order.payment_ref)

    reverse_payment(payment=payment, dispute_ref="dp_1", reason="fraudulent")
    assert ledger.balance(kind="withholding", scope="US") == 0
    restore_payment(payment=payment, dispute_ref="dp_1")

    assert ledger.balance(kind="withholding", scope="US") == payout.withheld_cents
    assert Payout.objects.get().withheld_back_cents == 0
    assert trial_balance().is_sound


def test_a_sale_that_no_payout_covered_returns_nothing(paid, buyer, item):
    _, there, _ = paid
    Payout.objects.update(covers_until=there.bought_at - timedelta(seconds=1))

    row = refund(there)

    assert "withholding_returned" not in transfers_of([row.source])[row.source]


def test_without_a_form_it_is_withheld_from_all(buyer):
    seller = factories.make_author()
    item = factories.make_item(author=seller, price_cents=2000)
    payout_accounts.set_payout_account(
        author=seller, method="connect", holder="A. Uthor", destination="acct_12345678"
    )
    steps.buy(buyer, item)
    month = payouts.open_batch(now=(timezone.now() + timedelta(days=70)).replace(day=20))

    payout = payouts.cut_off(batch=month, author_id=seller.pk, currency="USD", facts=SALE_FACTS)

    assert (payout.withheld_base_cents, payout.withheld_cents) == (2000, 480)
    row = refund(Purchase.objects.get(author=seller))
    assert transfers_of([row.source])[row.source]["withholding_returned"] == 480


def test_the_next_payout_withholds_from_later_sales_alone(paid, buyer, item):
    _, _, payout = paid
    steps.buy(buyer, item)
    later = payouts.open_batch(now=(timezone.now() + timedelta(days=110)).replace(day=20))

    second = payouts.cut_off(
        batch=later, author_id=item.author_id, currency="USD", facts=SALE_FACTS
    )

    assert second.covers_from == payout.covers_until
    assert second.withheld_base_cents == 0
