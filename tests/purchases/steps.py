"""What a buyer does, a step a function, by the services alone."""

from market.items.models import Item
from market.payments.gateways.sandbox import store
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import Payment
from market.payments.services import payments
from market.purchases.models import Cart, Order
from market.purchases.selectors.carts import cart_page
from market.purchases.selectors.offers import offers_of
from market.purchases.services import cart as carts
from market.purchases.services import checkout, fulfilment
from market.purchases.services.billing import Billing
from market.users.models import User

# Where no tax is asked for: most tests are not about it.
UNTAXED = Billing(country="US")
RETURN_URL = "http://account.localhost/orders/x/"


def fill_cart(buyer: User, *items: Item, licence: str = "standard") -> Cart:
    cart = carts.user_cart(buyer)
    for item in items:
        carts.add_to_cart(cart=cart, item_id=item.pk, licence_code=licence)
    cart.refresh_from_db()
    return cart


def place(buyer: User, *items: Item, licence: str = "standard") -> Order:
    """An order for these items, at the prices that the checkout page shows."""
    return place_cart(buyer, fill_cart(buyer, *items, licence=licence))


def place_cart(
    buyer: User, cart: Cart, billing: Billing = UNTAXED, *, use_credit: bool = False
) -> Order:
    shown = cart_page(cart, buyer_id=buyer.pk, tax=billing.tax()).prices
    return checkout.place_order(
        buyer=buyer,
        cart=cart,
        key=cart.checkout_key,
        shown_cents=shown,
        billing=billing,
        use_credit=use_credit,
    )


def pay_for(buyer: User, cart: Cart, billing: Billing = UNTAXED) -> Order:
    """What stands in the cart, bought."""
    order = place_cart(buyer, cart, billing)
    settle(decide(ask(order)))
    order.refresh_from_db()
    return order


def ask(order: Order) -> Payment:
    return checkout.request_payment(order=order, return_url=RETURN_URL)


def decide(payment: Payment, outcome: Outcome = Outcome.APPROVE) -> Payment:
    """The buyer presses a button at the gateway; we have not heard of it yet."""
    store.decide(payment.gateway_ref or "", outcome)
    return payment


def settle(payment: Payment) -> None:
    fulfilment.settle(payment=payments.refresh_payment(payment=payment))


def buy(buyer: User, *items: Item, licence: str = "standard") -> Order:
    order = place(buyer, *items, licence=licence)
    settle(decide(ask(order)))
    order.refresh_from_db()
    return order


def set_price(item: Item, cents: int, licence: str = "standard") -> None:
    item.prices.filter(licence_code=licence, current=1).update(cents=cents)


def form_of(cart: Cart) -> dict[str, str]:
    """What the checkout page's form sends."""
    cart.refresh_from_db()
    page = cart_page(cart, buyer_id=cart.user_id)
    return {"key": str(cart.checkout_key), "country": "US"} | {
        f"shown-{line.pk}": str(offer.total_cents) for line, offer in page.buyable
    }


def all_in(item: Item, licence: str = "standard") -> int:
    offers = offers_of([item.pk]).of_item(item.pk)
    return next(one.total_cents for one in offers if one.licence.code == licence)
