"""The pages of credit, on `account.`."""

import re
from uuid import uuid4

import pytest

from market.payments.gateways.sandbox import store
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import Deposit, Payment
from market.payments.selectors.credit import credit_cents
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.fixture
def visitor(client_for, buyer):
    return client_for("account", buyer)


def send(visitor, amount, key=None):
    form = {"deposit-key": str(key or uuid4()), "deposit-amount": amount}
    return visitor.post("/credit/", form)


def test_money_is_put_in_over_the_payment_page(visitor, buyer):
    page = visitor.get("/credit/").content.decode()
    key = re.search(r'name="deposit-key" value="([^"]+)"', page)[1]

    response = send(visitor, "50", key)

    payment = Payment.objects.get()
    assert response.headers["Location"] == payment.pay_url
    back = payment.return_url.partition("localhost")[2].partition("/")[2]
    assert "Waiting for your payment" in visitor.get(f"/{back}").content.decode()
    assert credit_cents(buyer.pk) == 0
    store.decide(payment.gateway_ref, Outcome.APPROVE)
    assert "$50 were added to your credit." in visitor.get(f"/{back}").content.decode()
    assert credit_cents(buyer.pk) == 5000
    page = visitor.get("/credit/").content.decode()
    assert "Deposit" in page
    assert "$50" in page


def test_a_declined_deposit_says_so(visitor, buyer):
    send(visitor, "50")
    store.decide(Payment.objects.get().gateway_ref, Outcome.DECLINE)

    page = visitor.get(f"/credit/{Deposit.objects.get().key}/").content.decode()

    assert "The card was declined. You have not been charged." in page
    assert credit_cents(buyer.pk) == 0


@pytest.mark.parametrize("amount", ["", "x", "-5", "4.99", "1000.01", "50.001", "1e9", "NaN"])
def test_what_is_no_amount_is_refused_on_the_page(visitor, amount):
    response = send(visitor, amount)

    assert response.status_code == 422
    assert not Deposit.objects.exists()


def test_somebody_elses_deposit_is_not_found(visitor, client_for):
    send(visitor, "50")

    stranger = client_for("account", factories.make_user())

    assert stranger.get(f"/credit/{Deposit.objects.get().key}/").status_code == 404


def test_earnings_are_moved_over(client_for, buyer, settings):
    settings.EARNINGS_CLEAR_DAYS = 0
    seller = factories.make_author(username="seller")
    steps.buy(buyer, factories.make_item(author=seller, price_cents=10_000))
    visitor = client_for("account", seller)
    assert "Move earnings here" in visitor.get("/credit/").content.decode()
    form = {"earnings-key": str(uuid4()), "earnings-amount": "10.50"}

    for _ in range(2):
        assert visitor.post("/credit/from-earnings/", form).status_code == 302

    assert credit_cents(seller.pk) == 1050
    too_much = form | {"earnings-key": str(uuid4()), "earnings-amount": "5000"}
    response = visitor.post("/credit/from-earnings/", too_much)
    assert response.status_code == 422
    assert "less what is withheld for taxes" in response.content.decode()


@pytest.mark.parametrize("cursor", ["x", "%00"])
def test_a_made_up_place_in_the_list_is_not_found(visitor, cursor):
    assert visitor.get(f"/credit/?after={cursor}").status_code == 404
