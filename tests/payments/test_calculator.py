"""The calculator says what a sale then really brings."""

from decimal import Decimal

import pytest

from market.payments import ledger
from market.payments.earnings import Plan, estimate
from market.payments.models import Account, Balance
from market.purchases.models import Purchase
from market.users.models import Profile
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.mark.parametrize("is_exclusive", [True, False])
@pytest.mark.parametrize("sold", [0, 374_999, 375_000, 7_500_000, 9_999_999])
@pytest.mark.parametrize("price", [100, 1999, 12_300])
def test_a_sale_brings_what_was_reckoned(buyer, author, is_exclusive, sold, price):
    Profile.objects.filter(pk=author.pk).update(is_exclusive=is_exclusive)
    ledger.open_accounts(sides=[ledger.earnings_of(author.pk)], currency="USD")
    Balance.objects.update(lifetime_cents=sold)
    item = factories.make_item(author=author, price_cents=price)

    said = estimate(
        Plan(
            site_id=item.site_id,
            licence_code="standard",
            item_price_cents=price,
            is_exclusive=is_exclusive,
            lifetime_cents=sold,
        )
    )
    steps.buy(buyer, item)

    purchase = Purchase.objects.get()
    quote = said.quote
    assert purchase.total_cents == quote.total_cents
    assert purchase.author_fee_bp == quote.author_fee_bp
    assert purchase.author_fee_cents == quote.author_fee_cents
    assert purchase.buyer_fee_cents == quote.buyer_fee_cents
    earned = ledger.balance(kind=Account.Kind.AUTHOR_EARNINGS, scope=f"user:{author.pk}")
    assert earned == said.author_cents
    assert said.author_cents + said.platform_cents + quote.tax_cents == quote.total_cents


def test_every_cent_of_a_taxed_sale_with_support_is_somebodys(sites):
    one = estimate(
        Plan(
            site_id=1, licence_code="standard", item_price_cents=6700, is_exclusive=True,
            lifetime_cents=0, with_support=True, country="DE",
        )
    )  # fmt: skip

    assert one.quote.support_cents == 2513
    assert one.quote.tax_rate_bp == 1900
    assert one.quote.tax_cents == round(Decimal(one.quote.net_cents) * Decimal("0.19"))
    parts = one.author_cents + one.platform_cents + one.quote.tax_cents
    assert parts == one.quote.total_cents


def test_everybody_may_reckon(sites, client_for):
    page = client_for("account").get("/calculator/?site=graphics&price=10&licence=standard")

    assert page.status_code == 200
    assert "$6.25" in page.content.decode()


def test_an_author_finds_the_own_figures(author, client_for):
    Profile.objects.filter(pk=author.pk).update(is_exclusive=False)
    ledger.open_accounts(sides=[ledger.earnings_of(author.pk)], currency="USD")
    Balance.objects.update(lifetime_cents=123_450)

    form = client_for("account", author).get("/calculator/").context["form"]

    assert form["sold"].value() == "1234.50"
    assert form["exclusive"].value() == "no"


def test_another_marketplace_has_other_licences(sites, client_for):
    query = "site=audio&for=graphics&licence=standard&price=10&sold=0&exclusive=yes"

    page = client_for("account").get(f"/calculator/?{query}")

    assert page.status_code == 200
    assert page.context["estimate"] is not None


@pytest.mark.parametrize(
    "query",
    [
        "site=nowhere", "site=graphics&for=graphics&licence=nothing", "price=-1", "price=1e400",
        "price=NaN", "price=99999999", "sold=-1", "sold=1e30", "exclusive=maybe", "country=XX",
        "price=1.234", "price=", "price=%00",
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_named(sites, client_for, query):
    page = client_for("account").get(f"/calculator/?{query}")

    assert page.status_code == 422
    assert page.context["estimate"] is None
