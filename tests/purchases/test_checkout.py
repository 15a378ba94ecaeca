from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from market.jobs.testing import run_jobs
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import Payment, SandboxPayment
from market.purchases.errors import CartChanged, CartEmpty, OrderClosed, PriceChanged
from market.purchases.models import Cart, Order, OrderLine, Purchase
from market.purchases.selectors.carts import cart_page
from market.purchases.services import cart as carts
from market.purchases.services import checkout
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


def place(buyer, cart, shown, key=None):
    return checkout.place_order(
        buyer=buyer,
        cart=cart,
        key=key or cart.checkout_key,
        shown_cents=shown,
        billing=steps.UNTAXED,
    )


@pytest.fixture
def cart(buyer, item):
    return steps.fill_cart(buyer, item)


@pytest.fixture
def shown(buyer, cart):
    return cart_page(cart, buyer_id=buyer.pk).prices


@pytest.fixture
def browser(client_for, buyer):
    return client_for("account", buyer)


def test_an_order_freezes_what_was_shown(buyer, item, cart, shown):
    order = place(buyer, cart, shown)
    steps.set_price(item, 9900)

    line = order.lines.get()
    assert (order.status, order.total_cents) == ("open", 2100)
    assert (line.item_price_cents, line.buyer_fee_cents, line.total_cents) == (1900, 200, 2100)
    assert (line.author_fee_bp, line.author_fee_cents) == (3750, 713)


def test_the_same_key_is_the_same_order(buyer, cart, shown):
    assert place(buyer, cart, shown) == place(buyer, cart, shown)
    assert OrderLine.objects.count() == 1


def test_a_changed_price_must_be_confirmed_again(browser, buyer, item, cart):
    form = steps.form_of(cart)
    steps.set_price(item, 2500)

    response = browser.post("/checkout/", form)

    assert response.status_code == 422
    page = response.content.decode()
    assert "A price has changed" in page
    assert "the price is now $27. You saw $21" in page
    assert not Order.objects.exists()
    assert browser.post("/checkout/", steps.form_of(cart)).status_code == 302
    assert Order.objects.get().total_cents == 2700


def test_prices_that_changed_against_each_other_are_told_too(buyer, item, cart):
    other = factories.make_item(price_cents=1000)
    cart = steps.fill_cart(buyer, other)
    shown = cart_page(cart, buyer_id=buyer.pk).prices
    steps.set_price(item, 1800)
    steps.set_price(other, 1100)

    with pytest.raises(PriceChanged):
        place(buyer, cart, shown)

    assert not Order.objects.exists()


def test_what_is_gone_is_told_and_leaves_the_cart_on_confirmation(browser, buyer, item, cart):
    other = factories.make_item(name="Red icons", price_cents=500)
    steps.fill_cart(buyer, other)
    form = steps.form_of(cart)
    type(item).objects.filter(pk=item.pk).update(status="retired")

    told = browser.post("/checkout/", form)
    assert told.status_code == 422
    assert b"not for sale any more" in told.content
    assert not Order.objects.exists()
    browser.post("/checkout/", steps.form_of(cart))

    assert [line.item for line in Order.objects.get().lines.all()] == [other]
    assert [line.item for line in cart.lines.all()] == [other]


def test_a_licence_that_was_tampered_with_is_not_bought(buyer, cart, shown):
    cart.lines.update(licence_code="font-web")

    with pytest.raises(CartEmpty):
        place(buyer, cart, shown)

    assert not Order.objects.exists()


def test_an_own_item_in_a_visitors_cart_is_not_bought(author):
    visiting, token = carts.open_visitor_cart(host_key="graphics")
    item = factories.make_item(author=author)
    carts.add_to_cart(cart=visiting, item_id=item.pk, licence_code="standard")
    cart = carts.join_visitor_cart(user=author, token=token)

    page = cart_page(cart, buyer_id=author.pk)

    assert page.gone[0].problem.startswith("This is your own item")
    with pytest.raises(CartEmpty):
        place(author, cart, {})


@pytest.mark.parametrize("cents", [0, 1, 2099, 2101])
def test_a_price_that_was_tampered_with_is_not_paid(buyer, cart, shown, cents):
    forged = dict.fromkeys(shown, cents)

    with pytest.raises(PriceChanged):
        place(buyer, cart, forged)

    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"key": "x"},
        {"key": str(uuid4())},
        {"key": str(uuid4()), "shown-1": "x", "shown-x": "1", "shown-" + "9" * 30: "1"},
    ],
)
def test_a_forged_form_orders_nothing(browser, cart, form):
    response = browser.post("/checkout/", form)

    assert response.status_code == 422
    assert b"Pay $21" in response.content
    assert not Order.objects.exists()


def test_a_form_of_before_the_last_change_shows_todays_cart(browser, buyer, cart):
    form = steps.form_of(cart)
    steps.fill_cart(buyer, factories.make_item(name="Red icons"))

    response = browser.post("/checkout/", form)

    assert response.status_code == 422
    assert b"Your cart has changed" in response.content
    assert b"Red icons" in response.content
    assert not Order.objects.exists()


def test_the_key_of_somebody_elses_order_is_of_no_use(buyer, cart, shown, item):
    order = place(buyer, cart, shown)
    other = factories.make_user()
    their_cart = steps.fill_cart(other, item)

    with pytest.raises(CartChanged):
        place(other, their_cart, {}, key=order.key)


@pytest.mark.smoke
def test_paying_goes_to_the_gateway_and_back_to_the_order(browser, cart):
    response = browser.post("/checkout/", steps.form_of(cart))

    order = Order.objects.get()
    payment = SandboxPayment.objects.get()
    assert response.headers["Location"] == f"http://account.localhost/sandbox/pay/{payment.ref}/"
    assert payment.return_url == f"http://account.localhost/orders/{order.key}/"
    assert (order.status, payment.cents) == ("awaiting_payment", 2100)


def test_pressing_pay_twice_is_one_payment(browser, cart):
    form = steps.form_of(cart)

    first, second = browser.post("/checkout/", form), browser.post("/checkout/", form)

    assert first.headers["Location"] == second.headers["Location"]
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)


def test_pressing_pay_again_after_it_was_paid_shows_the_order(browser, cart):
    form = steps.form_of(cart)
    browser.post("/checkout/", form)
    steps.settle(steps.decide(Payment.objects.get()))

    response = browser.post("/checkout/", form)

    order = Order.objects.get()
    assert response.headers["Location"] == f"http://account.localhost/orders/{order.key}/"
    assert Purchase.objects.count() == 1


def test_coming_back_to_another_price_the_buyer_pays_what_he_sees(browser, buyer, item, cart):
    browser.post("/checkout/", steps.form_of(cart))
    steps.set_price(item, 1000)

    told = browser.post("/checkout/", steps.form_of(cart))
    assert told.status_code == 422
    browser.post("/checkout/", steps.form_of(cart))
    run_jobs(["default"])

    first, second = Order.objects.order_by("pk")
    assert (first.status, first.total_cents) == ("expired", 2100)
    assert (second.status, second.total_cents) == ("awaiting_payment", 1200)
    assert [one.status for one in SandboxPayment.objects.order_by("pk")] == ["cancelled", "open"]


def test_another_order_cancels_the_payment_of_the_earlier_one(buyer, item):
    first = steps.ask(steps.place(buyer, item))

    steps.place(buyer, factories.make_item())
    run_jobs(["default"])

    assert SandboxPayment.objects.get(ref=first.gateway_ref).status == "cancelled"
    assert [one.status for one in Order.objects.order_by("pk")] == ["expired", "open"]


def test_an_earlier_order_that_was_paid_after_all_is_honoured(buyer, item):
    first = steps.ask(steps.place(buyer, item))
    steps.place(buyer, factories.make_item())
    steps.decide(first)

    run_jobs(["default"])

    assert Purchase.objects.get().item == item


def test_a_closed_order_is_not_paid_for(buyer, item):
    order = steps.place(buyer, item)
    Order.objects.update(status="expired")

    with pytest.raises(OrderClosed):
        steps.ask(order)

    assert not Payment.objects.exists()


def test_a_gateway_that_is_away_is_told_and_tried_again(browser, cart, settings):
    settings.PAYMENTS_URL = "sandbox://?fault=create"
    address = browser.post("/checkout/", steps.form_of(cart)).headers["Location"]
    assert b"does not answer" in browser.get(address).content

    settings.PAYMENTS_URL = "sandbox://"
    again = browser.post(f"{address}pay/")

    assert again.headers["Location"].startswith("http://account.localhost/sandbox/pay/")
    assert SandboxPayment.objects.count() == 1


def test_checkout_asks_visitors_to_sign_in(sites, client_for):
    response = client_for("account").get("/checkout/")

    assert response.headers["Location"].startswith("/sign-in/?next=/checkout/")


def test_an_empty_cart_has_nothing_to_pay(browser):
    page = browser.get("/checkout/")

    assert b"nothing in your cart" in page.content
    assert b"Pay $" not in page.content
    assert browser.post("/checkout/", {"key": str(uuid4())}).status_code == 422


def test_the_fee_is_that_of_the_authors_lifetime_sales(buyer, author, item):
    expensive = factories.make_item(author=author, price_cents=374_900)
    steps.buy(buyer, expensive)

    line = steps.place(buyer, factories.make_item(author=author, price_cents=100)).lines.get()
    assert line.author_fee_bp == 3750
    steps.buy(buyer)
    line = steps.place(buyer, factories.make_item(author=author)).lines.get()
    assert line.author_fee_bp == 3625


def test_an_order_waits_its_time(buyer, item, settings):
    settings.ORDER_EXPIRY_SECONDS = 600

    order = steps.place(buyer, item)

    assert abs(order.expires_at - timezone.now() - timedelta(seconds=600)) < timedelta(seconds=5)


def test_declined_then_paid_at_the_second_attempt(browser, cart):
    browser.post("/checkout/", steps.form_of(cart))
    order = Order.objects.get()
    steps.decide(Payment.objects.get(), Outcome.DECLINE)
    page = browser.get(f"/orders/{order.key}/")
    assert b"The card was declined." in page.content

    browser.post(f"/orders/{order.key}/pay/")
    steps.decide(Payment.objects.get(attempt=2))

    assert b"it is yours" in browser.get(f"/orders/{order.key}/").content
    assert Purchase.objects.count() == 1
    assert not Cart.objects.get().lines.exists()
