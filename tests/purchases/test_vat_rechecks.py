"""A VAT number that was pending: tax charged, asked again, given back if it is valid."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.models import Account, Document, PaymentRefund
from market.purchases.models import RefundLine, VatRecheck
from market.purchases.services import refunds, vat_rechecks
from market.purchases.services.billing import Billing
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
FRENCH_ID = "FR40303265045"
PENDING = Billing(
    country="FR",
    company="Atelier Sept",
    address="75001 Paris",
    vat_id=FRENCH_ID,
    vat_status="pending",
)


@pytest.fixture
def order(buyer, item):
    other = factories.make_item(price_cents=1000)
    return steps.pay_for(buyer, steps.fill_cart(buyer, item, other), PENDING)


def recheck(order):
    VatRecheck.objects.filter(order=order).update(asked_at=None)
    vat_rechecks.recheck_vat_ids()
    return VatRecheck.objects.get(order=order).state


def test_tax_is_given_back_once_the_number_is_confirmed(order, vies):
    vies.valid = {FRENCH_ID}
    taxed = ledger.balance(kind=Account.Kind.TAX, scope="FR")

    assert recheck(order) == "corrected"
    assert recheck(order) == "corrected"

    assert taxed == 420 + 240
    assert ledger.balance(kind=Account.Kind.TAX, scope="FR") == 0
    assert ledger.balance(kind=Account.Kind.CLEARING) == 0
    assert sum(PaymentRefund.objects.values_list("cents", flat=True)) == taxed
    assert all(one.purchase.is_valid for one in RefundLine.objects.all())
    run_jobs()
    assert Document.objects.filter(kind="credit_note").count() == 2
    call_command("check_ledger")


def test_a_number_that_is_not_valid_leaves_the_tax_charged(order, vies):
    assert recheck(order) == "refused"
    assert not RefundLine.objects.exists()


def test_as_long_as_nobody_answers_it_is_asked_again_for_a_month(order, vies):
    vies.is_away = True

    assert recheck(order) == "open"
    VatRecheck.objects.update(opened_at=timezone.now() - timedelta(days=31))
    assert recheck(order) == "given_up"


def test_it_is_not_asked_more_than_once_an_hour(order, vies):
    vies.is_away = True
    vat_rechecks.recheck_vat_ids()
    vat_rechecks.recheck_vat_ids()

    assert len(vies.asked) == 1


def test_a_line_that_was_refunded_meanwhile_keeps_its_refund_alone(order, vies):
    vies.valid = {FRENCH_ID}
    first, second = order.lines.order_by("pk")
    refunds.refund_lines(lines=[first], why=refunds.Why(reason="No good."))

    recheck(order)

    assert ledger.balance(kind=Account.Kind.TAX, scope="FR") == 0
    scopes = RefundLine.objects.order_by("line").values_list("line", "scope", "tax_cents")
    assert list(scopes) == [(first.pk, "whole", 420), (second.pk, "tax", 240)]


def test_a_refund_after_the_correction_leaves_the_tax_out(order, vies):
    vies.valid = {FRENCH_ID}
    recheck(order)

    line = order.lines.order_by("pk")[0]
    (made,) = refunds.refund_lines(lines=[line], why=refunds.Why(reason="No good."))

    assert (made.tax_cents, made.total_cents) == (0, 2100)
    assert ledger.balance(kind=Account.Kind.CLEARING) == 0


def test_an_order_that_was_not_paid_is_not_asked_about(buyer, item, vies):
    order = steps.place_cart(buyer, steps.fill_cart(buyer, item), PENDING)

    assert recheck(order) == "open"
    assert vies.asked == []
