from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from stdnum.eu import vat as eu_vat

from market.payments import tax
from market.payments.errors import VatIdRefused
from market.payments.models import TaxRate
from market.payments.tax import tax_for
from market.payments.vat import normalised

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "rate_bp"),
    [("DE", 1900), ("FI", 2550), ("HU", 2700), ("GR", 2400), ("GB", 2000), ("AU", 1000)],
)
def test_each_country_has_its_rate(sites, country, rate_bp):
    found = tax_for(country=country, at=NOW)

    assert (found.scope, found.rate_bp, found.is_reverse_charge) == (country, rate_bp, False)


def test_elsewhere_there_is_none_and_it_is_known_where(sites):
    assert tax_for(country="US") == tax.Tax(scope="US")
    assert tax_for(country="") == tax.NO_TAX


def test_all_member_states_are_seeded_once(sites):
    before = TaxRate.objects.count()

    tax.seed_tax_rates()

    states = set(TaxRate.objects.filter(area="EU").values_list("country", flat=True))
    assert states == {one.upper() for one in eu_vat.MEMBER_STATES} - {"XI"}
    assert TaxRate.objects.count() == before


def test_a_rate_changes_at_its_midnight_and_not_before(sites):
    midnight = datetime(2025, 7, 1, tzinfo=UTC)

    assert tax_for(country="EE", at=midnight - timedelta(microseconds=1)).rate_bp == 2200
    assert tax_for(country="EE", at=midnight).rate_bp == 2400


def test_a_rate_that_ended_leaves_none(sites):
    TaxRate.objects.filter(country="AU").update(valid_until=timezone.now())

    assert tax_for(country="AU").rate_bp == 0


@pytest.mark.parametrize(
    ("country", "seller", "rate_bp"), [("FR", "DE", 0), ("DE", "DE", 1900), ("DE", "US", 0)]
)
def test_a_business_abroad_owes_the_tax_itself(sites, settings, country, seller, rate_bp):
    settings.SELLER_COUNTRY = seller

    found = tax_for(country=country, has_valid_vat_id=True)

    assert found.rate_bp == rate_bp
    assert found.is_reverse_charge == (rate_bp == 0)


def test_a_number_frees_nobody_outside_the_eu(sites):
    assert tax_for(country="GB", has_valid_vat_id=True).rate_bp == 2000


@pytest.mark.parametrize(
    ("net", "cents"), [(0, 0), (1, 0), (3, 1), (100, 19), (2100, 399), (2450, 466), (250, 48)]
)
def test_tax_is_rounded_by_the_line_halves_up(net, cents):
    assert tax.Tax(scope="DE", rate_bp=1900).of(net) == cents


def test_numbers_are_written_as_registers_do():
    assert normalised(country="DE", number="136 695 976") == "DE136695976"
    assert normalised(country="DE", number="de-136.695.976") == "DE136695976"
    assert normalised(country="GR", number="EL 094259216") == "EL094259216"


@pytest.mark.parametrize("number", ["136695978", "FR136695976", "x", "", "DE" * 30])
def test_a_number_whose_digits_are_wrong_is_refused(number):
    with pytest.raises(VatIdRefused):
        normalised(country="DE", number=number)
