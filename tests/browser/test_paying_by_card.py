"""A card in a real browser: our page, the stand-in's script in the place of Stripe's."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shop, _instance
from tests.standins.stripe import StandIn

pytestmark = pytest.mark.browser
PASSWORD = "a-long-word-for-tests"
NEW_BUYER = f"""
from market.users.models import User
from allauth.account.models import EmailAddress
user = User.objects.create_user(username="cara", email="cara@example.com", password="{PASSWORD}")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
"""


@pytest.fixture(scope="module")
def card_shop(tmp_path_factory, worker_id, django_db_blocker) -> Iterator[Shop]:
    stripe = StandIn()
    settings = {
        "PAYMENTS_URL": "stripe://",
        "STRIPE_SECRET_KEY": "sk_test_stand_in",
        "STRIPE_PUBLISHABLE_KEY": "pk_test_stand_in",
        "STRIPE_API_ADDRESS": stripe.address,
        "STRIPE_SCRIPT_ADDRESS": f"{stripe.address}/stripe.js",
    }
    folder = tmp_path_factory.mktemp("card")
    with django_db_blocker.unblock(), _instance("card", folder, worker_id, **settings) as here:
        here.run(NEW_BUYER)
        yield here
    stripe.stop()


@pytest.fixture
def at_the_card(card_shop: Shop, browser: Browser) -> Iterator[Page]:
    """On the page that takes the card, for $50 of credit."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(card_shop.address("account", "/credit/"))
    page.get_by_label("E-mail").fill("cara@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/credit/")
    page.get_by_label("Amount in US dollars").fill("50")
    page.get_by_role("button", name="Go to the payment page").click()
    page.wait_for_url("**/pay/**")
    yield page
    context.close()


def pay(page: Page, card: str) -> None:
    page.get_by_label("Card number").fill(card)
    page.get_by_role("button", name="Pay $50").click()


@pytest.mark.parametrize("card", ["4242 4242 4242 4242", "4000 0025 0000 3155"])
def test_a_card_pays_also_when_its_bank_asks_first(at_the_card: Page, card: str):
    complaints: list[str] = []
    at_the_card.on("console", lambda message: complaints.append(message.text))

    pay(at_the_card, card)

    at_the_card.wait_for_url(re.compile("/credit/[0-9a-f-]{36}/"))
    expect(at_the_card.get_by_role("heading", level=1)).to_have_text("Your money has arrived")
    assert not complaints  # nothing was kept out by the page's policy


def test_a_declined_card_says_why_and_another_one_pays(at_the_card: Page):
    pay(at_the_card, "4000 0000 0000 9995")
    expect(at_the_card.get_by_role("alert").first).to_contain_text("not enough money on this card")

    pay(at_the_card, "4242 4242 4242 4242")

    expect(at_the_card.get_by_role("heading", level=1)).to_have_text("Your money has arrived")


def test_a_number_that_is_none_is_said_at_the_field(at_the_card: Page):
    pay(at_the_card, "1234")

    expect(at_the_card.get_by_text("Your card number is invalid.")).to_be_visible()
    expect(at_the_card.get_by_role("button", name="Pay $50")).to_be_enabled()
