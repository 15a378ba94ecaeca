"""The buyer's page for a Stripe payment: Stripe's fields, our words, and nothing is granted."""

from uuid import UUID

import pytest
from django.core.signing import Signer

from market.jobs.testing import run_jobs
from market.payments.gateways.stripe import declines
from market.purchases.models import Purchase
from tests import factories
from tests.purchases import steps
from tests.standins.stripe import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(on_stripe, buyer):
    return steps.ask(steps.place(buyer, factories.make_item(price_cents=1900)))


@pytest.fixture
def address(payment):
    return payment.pay_url.removeprefix("http://account.localhost").removeprefix(":8000")


@pytest.fixture
def visitor(client_for):
    return client_for("account")


def order_page(payment):
    return f"/orders/{UUID(payment.purpose.removeprefix('order:'))}/"


def test_it_carries_what_stripes_script_needs(visitor, address, payment, stand_in):
    response = visitor.get(address)

    page = response.content.decode()
    secret = stand_in.books.get("payment_intent", payment.gateway_ref)["client_secret"]
    assert f'data-secret="{secret}"' in page
    assert 'data-key="pk_test_stand_in"' in page
    assert f'data-return="{payment.return_url}"' in page
    assert "sk_test" not in page
    assert response.headers["Cache-Control"].count("no-store") == 1


def test_only_this_page_lets_stripes_script_in(visitor, address, stand_in, settings):
    policy = visitor.get(address).headers["Content-Security-Policy"]
    assert f"script-src 'self' {stand_in.address}" in policy
    settings.STRIPE_SCRIPT_ADDRESS = "https://js.stripe.com/endive/stripe.js"
    policy = visitor.get(address).headers["Content-Security-Policy"]
    assert "script-src 'self' https://js.stripe.com" in policy
    assert "https://hooks.stripe.com" in policy
    assert "unsafe-inline" not in policy

    assert "stripe" not in visitor.get("/sign-in/").headers["Content-Security-Policy"]


def test_a_decline_is_told_in_words_and_another_card_may_be_tried(
    visitor, address, payment, stand_in
):
    with pytest.raises(books.StripeError):
        stand_in.books.confirm(
            payment.gateway_ref,
            {"payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds"},
        )

    page = visitor.get(address).content.decode()

    assert declines.NO_MONEY in page
    assert "You have not been charged." in page
    assert "data-secret" in page


@pytest.mark.parametrize("end", ["succeeded", "cancelled", "away"])
def test_when_there_is_nothing_to_pay_the_order_says_so(visitor, address, payment, stand_in, end):
    if end == "succeeded":
        stand_in.books.confirm(payment.gateway_ref, {})
    elif end == "cancelled":
        stand_in.books.cancel(payment.gateway_ref)
    else:
        stand_in.fault("away", method="GET", times=2)

    response = visitor.get(address)

    assert response.headers["Location"] == payment.return_url
    assert not Purchase.objects.exists()


def test_the_order_page_asks_stripe_itself(client_for, buyer, payment, stand_in):
    page = order_page(payment)
    claimed = f"{page}?payment_intent={payment.gateway_ref}&redirect_status=succeeded"
    visitor = client_for("account", buyer)

    assert b"Waiting for your payment" in visitor.get(claimed).content
    assert not Purchase.objects.exists()
    stand_in.books.confirm(payment.gateway_ref, {})
    assert b"Thank you, it is yours" in visitor.get(page).content
    assert Purchase.objects.get().buyer == buyer
    run_jobs(["mail"])


def test_the_order_page_tells_why_a_card_was_declined(client_for, buyer, payment, stand_in):
    with pytest.raises(books.StripeError):
        stand_in.books.confirm(
            payment.gateway_ref, {"payment_method": "pm_card_chargeDeclinedExpiredCard"}
        )

    page = client_for("account", buyer).get(order_page(payment))

    assert declines.EXPIRED in page.content.decode()
    assert "The payment did not go through" in page.content.decode()
    assert payment.pay_url in page.content.decode()


@pytest.mark.parametrize("token", ["pi_1", "pi_1:forged", Signer().sign("pi_1")])
def test_a_link_that_is_not_ours_leads_nowhere(visitor, on_stripe, token):
    assert visitor.get(f"/pay/{token}/").status_code == 404


def test_a_link_of_another_payment_leads_nowhere(visitor, on_stripe, db):
    token = Signer(salt="stripe-pay").sign("pi_unknown")

    assert visitor.get(f"/pay/{token}/").status_code == 404
