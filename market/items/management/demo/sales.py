"""The demo's purchases, paid at the sandbox gateway, and their ratings."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from market.community import services as community
from market.community.models import Rating
from market.items.models import Item
from market.payments.gateways.sandbox import store
from market.payments.services import payments
from market.purchases.models import Purchase, SaleEvent
from market.purchases.selectors.carts import cart_page
from market.purchases.services import cart as carts
from market.purchases.services import checkout, fulfilment
from market.purchases.services.billing import Billing
from market.tenancy import hosts
from market.users.models import User

Said = dict[str, Any]  # a [[purchase]] of people.toml
MAX_LINES = 50  # of one order


def load_purchases(buyer: User, wanted: list[Said], items: dict[str, Item]) -> None:
    """Buy what the buyer does not have yet, in a few orders."""
    rows = Purchase.objects.filter(buyer=buyer)
    owned = set(rows.values_list("item_id", "licence_code"))
    missing = [
        (items[one["item"]].pk, one["licence"])
        for one in wanted
        if one["item"] in items and (items[one["item"]].pk, one["licence"]) not in owned
    ]
    for start in range(0, len(missing), MAX_LINES):
        _buy(buyer, missing[start : start + MAX_LINES])
    _date_events(buyer, wanted, items)


def _date_events(buyer: User, wanted: list[Said], items: dict[str, Item]) -> None:
    """What trends tells from what sold best only if not everything was sold today."""
    for one in wanted:
        if one["item"] in items:
            events = SaleEvent.objects.filter(
                purchase__buyer=buyer,
                purchase__licence_code=one["licence"],
                item=items[one["item"]],
            )
            events.update(sold_at=timezone.now() - timedelta(days=int(one["days_ago"])))


def _buy(buyer: User, lines: list[tuple[int, str]]) -> None:
    cart = carts.user_cart(buyer)
    for item_id, licence in lines:
        carts.add_to_cart(cart=cart, item_id=item_id, licence_code=licence)
    cart.refresh_from_db()
    shown = cart_page(cart, buyer_id=buyer.pk).prices
    order = checkout.place_order(
        buyer=buyer,
        cart=cart,
        key=cart.checkout_key,
        shown_cents=shown,
        billing=Billing(country="US"),
    )
    if not order.is_payable:
        return  # all of it was free
    back = hosts.link("account", "purchases:order", key=order.key)
    payment = checkout.request_payment(order=order, return_url=back)
    store.decide(payment.gateway_ref or "", store.Outcome.APPROVE)
    fulfilment.settle(payment=payments.refresh_payment(payment=payment))


def load_ratings(buyer: User, wanted: list[Said], items: dict[str, Item]) -> None:
    bought = {
        (one.item_id, one.licence_code): one
        for one in Purchase.objects.filter(buyer=buyer).select_related("item__author")
    }
    rated = {
        one.purchase_id: one for one in Rating.objects.filter(buyer=buyer).select_related("item")
    }
    for said in wanted:
        item = items.get(said["item"])
        purchase = bought.get((item.pk, said["licence"])) if item else None
        words = said.get("rating")
        if purchase is None or words is None:
            continue
        rating = rated.get(purchase.pk) or community.rate(
            purchase=purchase,
            buyer=buyer,
            stars=words["stars"],
            reason=words["reason"],
            text=words["text"],
        )
        if words.get("reply") and not rating.reply:
            community.reply(rating=rating, author=purchase.item.author, text=words["reply"])
