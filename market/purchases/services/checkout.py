"""From a cart to an order and to the gateway. Nothing here grants anything."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.payments import ledger
from market.payments import services as payments
from market.payments.gateways import gateway_name
from market.payments.models import Payment
from market.purchases import tasks
from market.purchases.errors import CartChanged, CartEmpty, OrderClosed, PriceChanged
from market.purchases.models import Cart, CartLine, Order, OrderLine
from market.purchases.selectors.carts import CartPage, cart_page
from market.purchases.selectors.offers import Offer
from market.users.models import User


def place_order(*, buyer: User, cart: Cart, key: UUID, shown_cents: Mapping[int, int]) -> Order:
    """Make the cart's present content an order, at the prices that the buyer was shown.

    `key` is the cart's checkout_key as the form had it: repeating a call with it returns the
    same order, whatever has become of it. `shown_cents` is {cart line: all-in cents}; lines that
    can't be bought any more are left out of it, and leave the cart.
    Raises CartChanged, PriceChanged, CartEmpty, and then writes nothing of an order.
    """
    placed = Order.objects.filter(key=key).first()
    if placed is not None:
        return _placed_before(placed, buyer, cart, key, shown_cents)
    # Before the transaction, so that a refusal rolls no order back that other tabs wait for.
    page = cart_page(cart, buyer_id=buyer.pk)
    _check_shown(page, key, shown_cents)
    return _open_order(buyer, page, key)


def request_payment(*, order: Order, return_url: str) -> Payment:
    """The payment to send the buyer to. Raises OrderClosed, GatewayUnavailable.

    An order that was paid meanwhile answers with its payment.
    """
    Order.objects.filter(pk=order.pk, status=Order.Status.OPEN).update(
        status=Order.Status.AWAITING_PAYMENT
    )
    order.refresh_from_db(fields=["status"])
    if not order.is_payable:
        raise OrderClosed
    return payments.start_payment(
        purpose=order.purpose,
        cents=order.total_cents,
        currency=order.currency,
        description=f"Seven Shelves order {order.key.hex[:8]}",
        return_url=return_url,
    )


def _placed_before(
    order: Order, buyer: User, cart: Cart, key: UUID, shown_cents: Mapping[int, int]
) -> Order:
    if order.buyer_id != buyer.pk:
        raise CartChanged
    if not order.is_payable:
        return order  # its page says what became of it
    if cart.checkout_key != key:
        raise CartChanged
    if sum(shown_cents.values()) != order.total_cents:
        # The buyer came back and was shown other prices than those of the order: what he pays is
        # what he sees, so the old order's key is given up. Committed on purpose.
        Cart.objects.filter(pk=cart.pk, checkout_key=key).update(checkout_key=uuid4())
        raise PriceChanged
    return order


def _check_shown(page: CartPage, key: UUID, shown_cents: Mapping[int, int]) -> None:
    if page.cart is None or page.cart.checkout_key != key:
        raise CartChanged
    if not page.buyable:
        raise CartEmpty
    if page.prices.keys() != shown_cents.keys():
        raise CartChanged
    if page.prices != dict(shown_cents):
        raise PriceChanged


@transaction.atomic
def _open_order(buyer: User, page: CartPage, key: UUID) -> Order:
    # The row comes first: its unique key decides between two tabs. A refusal rolls it back.
    order, created = Order.objects.get_or_create(
        key=key,
        defaults={
            "buyer": buyer,
            "total_cents": page.total_cents,
            "currency": page.currency,
            "expires_at": timezone.now() + timedelta(seconds=settings.ORDER_EXPIRY_SECONDS),
        },
    )
    if not created:
        return order
    cart = Cart.objects.select_for_update().get(user=buyer)
    if cart.checkout_key != key:
        raise CartChanged
    OrderLine.objects.bulk_create(_order_line(order, offer) for _, offer in page.buyable)
    for line, offer in page.buyable:
        line.shown_cents = offer.total_cents
    CartLine.objects.bulk_update([line for line, _ in page.buyable], ["shown_cents"])
    cart.lines.filter(pk__in=[row.line.pk for row in page.gone]).delete()
    ledger.open_accounts(
        author_ids=[offer.item.author_id for _, offer in page.buyable],
        gateway=gateway_name(),
        currency=order.currency,
    )
    # A buyer has one cart: what he was about to pay for before, he pays for no more.
    earlier = Order.objects.filter(buyer=buyer, status__in=Order.PAYABLE).exclude(pk=order.pk)
    for order_id in earlier.values_list("pk", flat=True):
        tasks.close_order.enqueue(order_id=order_id)
    return order


def _order_line(order: Order, offer: Offer) -> OrderLine:
    quote = offer.quote
    return OrderLine(
        order=order,
        item=offer.item,
        author_id=offer.item.author_id,
        licence_code=offer.licence.code,
        licence_text_version=offer.licence_text_version,
        support_months=offer.support_months,
        item_price_cents=quote.item_price_cents,
        buyer_fee_cents=quote.buyer_fee_cents,
        tax_cents=quote.tax_cents,
        total_cents=quote.total_cents,
        author_fee_bp=quote.author_fee_bp,
        author_fee_cents=quote.author_fee_cents,
        currency=quote.currency,
    )
