from uuid import uuid4

import pytest

from market.payments.gateways.sandbox.store import Outcome
from market.purchases.models import Order, Purchase
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(buyer, item):
    return steps.ask(steps.place(buyer, item))


@pytest.fixture
def see(payment, buyer, client_for):
    """The order's page as its buyer sees it now."""
    client = client_for("account", buyer)
    return lambda query="": client.get(f"/orders/{Order.objects.get().key}/{query}")


@pytest.mark.smoke
def test_coming_back_after_paying_the_purchase_is_there_at_once(payment, see):
    steps.decide(payment)

    response = see()

    assert b"it is yours" in response.content
    assert b"/library/" in response.content
    assert Purchase.objects.count() == 1
    assert "no-store" in response.headers["Cache-Control"]


def test_reloading_it_buys_nothing_more(payment, see):
    steps.decide(payment)

    for _ in range(3):
        see()

    assert Purchase.objects.count() == 1


def test_the_browsers_word_grants_nothing(payment, see):
    response = see("?status=succeeded&paid=1")

    assert b"Waiting for your payment" in response.content
    assert not Purchase.objects.exists()


def test_while_waiting_it_looks_again_by_itself_but_not_for_ever(payment, see):
    assert b'content="4;url=?checks=1"' in see().content
    assert b'content="4;url=?checks=30"' in see("?checks=29").content
    for query in ("?checks=30", "?checks=999"):
        assert b"http-equiv" not in see(query).content
    assert b'url=?checks=1"' in see("?checks=-1").content


def test_a_second_step_is_waited_for(payment, see):
    steps.decide(payment, Outcome.STEP)

    assert payment.pay_url in see().content.decode()


def test_declined_it_says_why_and_offers_another_attempt(payment, see):
    steps.decide(payment, Outcome.DECLINE)

    response = see()

    assert b"The card was declined." in response.content
    assert b"Try again" in response.content


def test_an_expired_order_leads_back_to_the_cart(payment, see):
    Order.objects.update(status="expired")

    assert b"This order is closed" in see().content


def test_an_expired_order_that_was_paid_late_is_paid(payment, see):
    Order.objects.update(status="expired")
    steps.decide(payment)

    assert b"it is yours" in see().content


def test_a_gateway_that_is_away_changes_nothing(payment, see, settings):
    steps.decide(payment)
    settings.PAYMENTS_URL = "sandbox://?fault=retrieve"

    assert see().status_code == 200
    assert not Purchase.objects.exists()


def test_money_that_fits_nothing_is_said_to_be_looked_into(payment, see):
    Order.objects.update(total_cents=1)
    steps.decide(payment)

    assert b"We are looking into your payment" in see().content


def test_money_for_what_is_gone_is_said_to_come_back(payment, see, item):
    type(item).objects.filter(pk=item.pk).update(status="suspended")
    steps.decide(payment)

    assert b"All of your money is being given back" in see().content


def test_nobody_else_finds_it(payment, client_for):
    address = f"/orders/{Order.objects.get().key}/"

    stranger = client_for("account", factories.make_user())
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}pay/").status_code == 404
    assert stranger.get(f"/orders/{uuid4()}/").status_code == 404
    assert client_for("account").get(address).status_code == 302
