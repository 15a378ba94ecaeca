"""From a cart to an order and to the gateway. Nothing here grants anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.core.db.retries import retried
from market.payments import ledger
from market.payments.errors import Overdrawn
from market.payments.gateways import gateway_name
from market.payments.models import Payment
from market.payments.selectors.credit import credit_cents, credit_part
from market.payments.services import payments
from market.payments.tax import Tax
from market.purchases import tasks
from market.purchases.errors import (
    AccountOnHold,
    BillingMissing,
    CartChanged,
    CartEmpty,
    CreditChanged,
    GoodsGone,
    OrderClosed,
    OrderRefused,
    PriceChanged,
)
from market.purchases.models import (
    BREAKDOWN,
    BillingDetails,
    BuyerHold,
    Cart,
    CartLine,
    Order,
    OrderLine,
)
from market.purchases.selectors.carts import CartPage, cart_page
from market.purchases.selectors.offers import Offer
from market.purchases.services import fulfilment
from market.purchases.services.billing import Billing, freeze_billing
from market.purchases.services.history import Reason, note_change
from market.users.models import User


@dataclass(frozen=True, slots=True)
class _Deal:
    """What the buyer agrees to: {cart line: cents with tax} as shown, the bill, and his credit."""

    shown_cents: Mapping[int, int]
    billing: Billing
    use_credit: bool

    def is_of(self, order: Order) -> bool:
        if sum(self.shown_cents.values()) != order.total_cents:
            return False
        placed_with = BillingDetails.objects.filter(order=order).first()
        return placed_with is None or self.billing.is_of(placed_with)

    def pays_like(self, order: Order) -> bool:
        if self.use_credit == bool(order.credit_cents):
            return True
        return not order.credit_cents and not credit_cents(order.buyer_id, order.currency)


def place_order(
    *,
    buyer: User,
    cart: Cart,
    key: UUID,
    shown_cents: Mapping[int, int],
    billing: Billing,
    use_credit: bool = False,
) -> Order:
    """Make the cart's present content an order, at the prices that the buyer was shown.

    `key` is the cart's checkout_key as the form had it: repeating a call with it returns the
    same order, whatever has become of it. `shown_cents` is {cart line: cents, tax included};
    lines that can't be bought any more are left out of it, and leave the cart. `billing` decides
    about the tax. What costs nothing as a whole is paid at once: no gateway hears of it. So it is
    when the buyer's credit is to be used and is enough; else a gateway is asked for the rest.
    Raises CartChanged, PriceChanged, CreditChanged, CartEmpty, BillingMissing, and then writes
    nothing of an order.
    """
    deal = _Deal(shown_cents, billing, use_credit)
    placed = Order.objects.filter(key=key).first()
    if placed is not None:
        return _placed_before(placed, buyer, cart, key, deal)
    try:
        return _place(buyer, cart, key, deal)
    except OrderRefused:
        # What costs nothing may have been paid, and so left the cart, since we looked: a second
        # press on the button gets the order of the first.
        placed = Order.objects.filter(key=key, buyer=buyer, status=Order.Status.PAID).first()
        if placed is None:
            raise
        return placed


def _place(buyer: User, cart: Cart, key: UUID, deal: _Deal) -> Order:
    # Before the transaction, so that a refusal rolls no order back that other tabs wait for.
    if BuyerHold.objects.filter(buyer=buyer, lifted_at=None).exists():
        raise AccountOnHold
    # One moment for prices and order: what was free ended before it, or did not.
    now = timezone.now()
    tax = deal.billing.tax(at=now)
    page = cart_page(cart, buyer_id=buyer.pk, tax=tax, at=now)
    _check_shown(page, key, deal.shown_cents)
    if page.total_cents and not deal.billing.country:
        raise BillingMissing
    try:
        return _open_order(buyer, page, key, now, deal, tax)
    except GoodsGone as error:  # given away, but taken off the market just now
        raise CartChanged from error
    except Overdrawn as error:  # another order took the credit just now
        raise CreditChanged from error


def request_payment(*, order: Order, return_url: str) -> Payment:
    """The payment to send the buyer to. Raises OrderClosed, GatewayUnavailable.

    An order that was paid meanwhile answers with its payment.
    """
    _await_payment(order)
    order.refresh_from_db(fields=["status"])
    if not order.is_payable:
        raise OrderClosed
    return payments.start_payment(
        purpose=order.purpose,
        cents=order.card_cents,
        currency=order.currency,
        description=f"Seven Shelves order {order.key.hex[:8]}",
        return_url=return_url,
    )


@transaction.atomic
def _await_payment(order: Order) -> None:
    was, now = Order.Status.OPEN, Order.Status.AWAITING_PAYMENT
    if Order.objects.filter(pk=order.pk, status=was).update(status=now):
        note_change(order=order, was=was, now=now, reason=Reason.PAYMENT_ASKED)


def _placed_before(order: Order, buyer: User, cart: Cart, key: UUID, deal: _Deal) -> Order:
    if order.buyer_id != buyer.pk:
        raise CartChanged
    if not order.is_payable:
        return order  # its page says what became of it
    if cart.checkout_key != key:
        raise CartChanged
    if not deal.is_of(order):
        # The buyer came back and was shown other prices than those of the order, or is billed
        # elsewhere: what he pays is what he sees, so the old order's key is given up.
        # Committed on purpose.
        Cart.objects.filter(pk=cart.pk, checkout_key=key).update(checkout_key=uuid4())
        raise PriceChanged
    if not deal.pays_like(order):
        Cart.objects.filter(pk=cart.pk, checkout_key=key).update(checkout_key=uuid4())
        raise CreditChanged
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


@retried
def _open_order(
    buyer: User, page: CartPage, key: UUID, now: datetime, deal: _Deal, tax: Tax
) -> Order:
    # The row comes first: its unique key decides between two tabs. A refusal rolls it back.
    order, created = Order.objects.get_or_create(
        key=key,
        defaults={
            "buyer": buyer,
            "total_cents": page.total_cents,
            "credit_cents": _credit_part(buyer, page) if deal.use_credit else 0,
            "currency": page.currency,
            "created_at": now,
            "expires_at": now + timedelta(seconds=settings.ORDER_EXPIRY_SECONDS),
        },
    )
    if not created:
        return order
    cart = Cart.objects.select_for_update().get(user=buyer)
    if cart.checkout_key != key:
        raise CartChanged
    note_change(order=order, was="", now=order.status, reason=Reason.PLACED)
    OrderLine.objects.bulk_create(_order_line(order, offer) for _, offer in page.buyable)
    for line, offer in page.buyable:
        line.shown_cents = offer.quote.net_cents
    CartLine.objects.bulk_update([line for line, _ in page.buyable], ["shown_cents"])
    cart.lines.filter(pk__in=[row.line.pk for row in page.gone]).delete()
    if order.total_cents:
        freeze_billing(order=order, billing=deal.billing, tax=tax)
        _open_accounts(order, page, tax)
    _close_earlier(order)
    if not order.total_cents:
        fulfilment.give_away(order=order)
    elif not order.card_cents:
        fulfilment.pay_by_credit(order=order)
    return order


def _open_accounts(order: Order, page: CartPage, tax: Tax) -> None:
    authors = [offer.item.author_id for _, offer in page.buyable if offer.total_cents]
    sides = ledger.sale_sides(
        author_ids=authors, gateway=gateway_name(), tax_scopes=[tax.scope] if tax.rate_bp else []
    )
    sides.append(ledger.credit_of(order.buyer_id))
    ledger.open_accounts(sides=sides, currency=order.currency)


def _credit_part(buyer: User, page: CartPage) -> int:
    return credit_part(
        has_cents=credit_cents(buyer.pk, page.currency), total_cents=page.total_cents
    )


def _close_earlier(order: Order) -> None:
    """A buyer has one cart: what he was about to pay for before, he pays for no more."""
    earlier = Order.objects.filter(buyer=order.buyer, status__in=Order.PAYABLE).exclude(pk=order.pk)
    for order_id in earlier.values_list("pk", flat=True):
        tasks.close_order.enqueue(order_id=order_id)


def _order_line(order: Order, offer: Offer) -> OrderLine:
    quote = offer.quote
    return OrderLine(
        order=order,
        item=offer.item,
        author_id=offer.item.author_id,
        licence_code=offer.licence.code,
        licence_text_version=offer.licence_text_version,
        support_months=offer.support_months,
        promotion_id=offer.gift.promotion_id if offer.gift else None,
        **{name: getattr(quote, name) for name in BREAKDOWN},
    )
