"""What a buyer pays in tax: shown line by line, confirmed, frozen and booked."""

from datetime import timedelta

import pytest
from django.utils import timezone

from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.models import Account, TaxRate, VatCheck
from market.payments.selectors.ledger import transfers_of
from market.purchases.errors import BillingMissing, PriceChanged
from market.purchases.models import BillingDetails, Order, OrderEvent
from market.purchases.selectors.carts import cart_page
from market.purchases.services import checkout
from market.purchases.services.billing import Billing
from tests.purchases import steps

pytestmark = pytest.mark.django_db
GERMANY = Billing(country="DE", name="Lena Hartwig")
FRENCH_ID = "FR40303265045"
FRENCH = {
    "country": "FR",
    "company": "Atelier Sept",
    "address": "1 rue du Port\n75001 Paris",
    "vat_id": "40 303 265 045",
}


@pytest.fixture
def browser(client_for, buyer):
    return client_for("account", buyer)


@pytest.fixture
def cart(buyer, item):
    return steps.fill_cart(buyer, item)


def form_of(cart, tax=None, **said):
    form = steps.form_of(cart) | said
    if tax is not None:
        page = cart_page(cart, buyer_id=cart.user_id, tax=tax)
        form |= {f"shown-{line.pk}": str(cents.total_cents) for line, cents in page.buyable}
    return form


def test_tax_is_frozen_booked_for_its_country_and_the_bill_is_kept(buyer, cart):
    order = steps.pay_for(buyer, cart, GERMANY)

    line, purchase = order.lines.get(), order.lines.get().purchase
    assert (line.tax_cents, line.tax_rate_bp, line.tax_scope) == (399, 1900, "DE")
    assert (purchase.tax_cents, purchase.tax_rate_bp, purchase.tax_scope) == (399, 1900, "DE")
    assert order.total_cents == 2100 + 399
    assert transfers_of([f"line:{line.pk}"])[f"line:{line.pk}"]["tax"] == 399
    assert ledger.balance(kind=Account.Kind.TAX, scope="DE") == 399
    assert ledger.balance(kind=Account.Kind.CLEARING) == 0
    assert (order.billing.country, order.billing.name) == ("DE", "Lena Hartwig")


def test_the_page_shows_tax_by_line_for_a_guessed_country(browser, cart):
    page = browser.get("/checkout/", headers={"CloudFront-Viewer-Country": "DE"}).content.decode()

    assert "19% tax in Germany is part of the sum" in page
    assert "$3.99" in page
    assert "Pay $24.99" in page


def test_before_the_country_is_known_it_is_asked_for(browser, cart):
    page = browser.get("/checkout/").content.decode()
    assert "Pay $21" in page

    answer = browser.post("/checkout/", form_of(cart, country=""))

    assert answer.status_code == 422
    assert b"Please choose your country" in answer.content
    assert not Order.objects.exists()


def test_another_country_is_shown_and_must_be_confirmed(browser, buyer, cart):
    told = browser.post("/checkout/", form_of(cart, country="DE"))

    page = told.content.decode()
    assert told.status_code == 422
    assert "the price is now $24.99. You saw $21" in page
    assert not Order.objects.exists()
    confirmed = form_of(cart, GERMANY.tax(), country="DE")
    assert browser.post("/checkout/", confirmed).status_code == 302
    order = Order.objects.get()
    assert order.total_cents == 2499
    assert order.billing.evidence == {"billing": "DE"}


def test_the_tax_can_be_looked_at_without_paying(browser, cart):
    page = browser.post("/checkout/", form_of(cart, country="AU", show="yes"))

    assert page.status_code == 200
    assert "Pay $23.10" in page.content.decode()
    assert not Order.objects.exists()


def test_what_was_said_the_last_time_is_there_again(browser, buyer, cart, item):
    steps.pay_for(buyer, cart, GERMANY)
    steps.fill_cart(buyer, item)

    page = browser.get("/checkout/").content.decode()

    assert 'value="Lena Hartwig"' in page
    assert "Pay $24.99" in page


def test_where_the_browser_was_is_kept_as_evidence(browser, cart):
    browser.post("/checkout/", form_of(cart), headers={"CloudFront-Viewer-Country": "CA"})

    assert BillingDetails.objects.get().evidence == {"billing": "US", "address": "CA"}


def test_a_paid_order_needs_a_country(buyer, cart):
    shown = cart_page(cart, buyer_id=buyer.pk).prices
    with pytest.raises(BillingMissing):
        checkout.place_order(
            buyer=buyer,
            cart=cart,
            key=cart.checkout_key,
            shown_cents=shown,
            billing=Billing(),
        )
    assert not Order.objects.exists()


def test_a_rate_that_changes_between_cart_and_order_must_be_confirmed(buyer, cart):
    midnight = timezone.now()
    shown = cart_page(cart, buyer_id=buyer.pk, tax=GERMANY.tax()).prices
    TaxRate.objects.filter(country="DE").update(valid_until=midnight)
    TaxRate.objects.create(
        country="DE", area="EU", kind="electronic", rate_bp=1600, valid_from=midnight
    )

    with pytest.raises(PriceChanged):
        checkout.place_order(
            buyer=buyer,
            cart=cart,
            key=cart.checkout_key,
            shown_cents=shown,
            billing=GERMANY,
        )

    order = steps.place_cart(buyer, cart, GERMANY)
    assert order.lines.get().tax_rate_bp == 1600


def test_an_order_keeps_its_tax_when_the_rate_changes_before_it_is_paid(buyer, cart):
    order = steps.place_cart(buyer, cart, GERMANY)
    TaxRate.objects.filter(country="DE").update(valid_until=timezone.now() - timedelta(seconds=1))

    steps.settle(steps.decide(steps.ask(order)))

    assert ledger.balance(kind=Account.Kind.TAX, scope="DE") == 399


def test_an_order_that_is_billed_elsewhere_is_another_order(buyer, cart):
    steps.place_cart(buyer, cart)
    with pytest.raises(PriceChanged):
        steps.place_cart(buyer, cart, Billing(country="CA"))

    cart.refresh_from_db()
    assert steps.place_cart(buyer, cart, Billing(country="CA")).billing.country == "CA"


def test_a_business_abroad_with_a_valid_number_pays_no_tax(browser, cart, vies):
    vies.valid = {FRENCH_ID}

    assert browser.post("/checkout/", form_of(cart, **FRENCH)).status_code == 302

    order = Order.objects.get()
    line = order.lines.get()
    assert (order.total_cents, line.tax_cents, line.tax_scope) == (2100, 0, "FR")
    assert (order.billing.vat_id, order.billing.vat_status) == (FRENCH_ID, "valid")
    assert order.billing.is_reverse_charge
    assert VatCheck.objects.get().receipt == "WAPIAAAA"
    assert "reverse charge" in browser.get("/checkout/").content.decode()
    assert len(vies.asked) == 1


def test_a_number_that_the_register_does_not_know_is_told_beside_its_field(browser, cart, vies):
    told = browser.post("/checkout/", form_of(cart, **FRENCH))

    assert told.status_code == 422
    assert b"does not know this VAT number" in told.content
    assert not Order.objects.exists()


@pytest.mark.parametrize("fault", ["away", "broken", "gone"])
def test_while_the_register_is_down_tax_is_charged_and_the_number_is_pending(
    browser, cart, vies, settings, fault
):
    vies.is_away, vies.status = fault == "away", 500 if fault == "broken" else 200
    if fault == "gone":
        settings.VIES_URL = "http://127.0.0.1:9/"

    told = browser.post("/checkout/", form_of(cart, **FRENCH))
    assert told.status_code == 422
    assert b"does not answer just now, so the tax is charged" in told.content
    taxed = form_of(cart, Billing(country="FR").tax(), **FRENCH)
    assert browser.post("/checkout/", taxed).status_code == 302

    order = Order.objects.get()
    assert (order.total_cents, order.billing.vat_status) == (2520, "pending")


def test_wrong_digits_never_reach_the_register(browser, cart, vies):
    told = browser.post("/checkout/", form_of(cart, **FRENCH | {"vat_id": "40303265046"}))

    assert b"not a VAT number of that country" in told.content
    assert vies.asked == []


def test_a_business_must_say_who_it_is(browser, cart, vies):
    told = browser.post("/checkout/", form_of(cart, **FRENCH | {"company": ""}))

    assert told.status_code == 422
    assert b"An invoice to a business needs this." in told.content


def test_the_way_of_an_order_is_written_down(buyer, cart):
    order = steps.pay_for(buyer, cart)

    way = OrderEvent.objects.filter(order=order).order_by("pk")
    assert list(way.values_list("was", "now", "reason")) == [
        ("", "open", "placed"),
        ("open", "awaiting_payment", "payment_asked"),
        ("awaiting_payment", "paid", "paid"),
    ]
    assert way.last().note == order.payment_ref


def test_an_order_that_another_one_replaced_says_so(buyer, cart, item):
    first = steps.place_cart(buyer, cart)
    with pytest.raises(PriceChanged):
        steps.place_cart(buyer, cart, GERMANY)
    cart.refresh_from_db()
    steps.place_cart(buyer, cart, GERMANY)
    run_jobs()

    last = OrderEvent.objects.filter(order=first).order_by("pk").last()
    assert (last.was, last.now, last.reason) == ("open", "expired", "replaced")
