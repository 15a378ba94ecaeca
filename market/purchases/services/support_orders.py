"""More support for what was bought earlier: an order of one line, without a cart."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from market.payments import ledger
from market.payments.gateways import gateway_name
from market.payments.pricing import Quote
from market.payments.tax import Tax
from market.purchases import tasks
from market.purchases.errors import (
    BillingMissing,
    CartChanged,
    PriceChanged,
    SupportNotOffered,
)
from market.purchases.models import BREAKDOWN, Order, OrderLine, Purchase
from market.purchases.selectors.support import SupportOffer, support_offers
from market.purchases.services.billing import Billing, freeze_billing
from market.purchases.services.history import Reason, note_change


def place_support_order(
    *, purchase: Purchase, key: UUID, shown_cents: int, billing: Billing
) -> Order:
    """Open an order for more months of support, at the price that the buyer was shown.

    Repeating a call with the same key returns the same order.
    Raises SupportNotOffered, PriceChanged, BillingMissing, CartChanged (another's key).
    """
    placed = Order.objects.filter(key=key).first()
    if placed is not None:
        return _placed_before(placed, purchase)
    now = timezone.now()
    offer = support_offers([purchase], at=now).get(purchase.pk)
    if offer is None:
        raise SupportNotOffered
    if not billing.country:
        raise BillingMissing
    tax = billing.tax(at=now)
    quote = support_quote(offer, tax)
    if quote.total_cents != shown_cents:
        raise PriceChanged
    return _open_order(offer, quote, key, billing, tax)


def support_quote(offer: SupportOffer, tax: Tax) -> Quote:
    """No item, no buyer fee: the support alone, with the tax on it."""
    nothing = Quote(
        item_price_cents=0,
        buyer_fee_cents=0,
        tax_cents=0,
        total_cents=0,
        author_fee_bp=0,
        author_fee_cents=0,
        currency=offer.currency,
    )
    return nothing.with_support(offer.price).with_tax(tax)


def _placed_before(order: Order, purchase: Purchase) -> Order:
    if not order.lines.filter(supported=purchase, order__buyer_id=purchase.buyer_id).exists():
        raise CartChanged
    return order


@transaction.atomic
def _open_order(offer: SupportOffer, quote: Quote, key: UUID, billing: Billing, tax: Tax) -> Order:
    purchase, now = offer.purchase, timezone.now()
    # The row comes first: its unique key decides between two tabs.
    order, created = Order.objects.get_or_create(
        key=key,
        defaults={
            "buyer_id": purchase.buyer_id,
            "total_cents": quote.total_cents,
            "currency": quote.currency,
            "created_at": now,
            "expires_at": now + timedelta(seconds=settings.ORDER_EXPIRY_SECONDS),
        },
    )
    if not created:
        return _placed_before(order, purchase)
    note_change(order=order, was="", now=order.status, reason=Reason.PLACED)
    OrderLine.objects.create(
        kind=OrderLine.Kind.SUPPORT,
        order=order,
        supported=purchase,
        item_id=purchase.item_id,
        author_id=purchase.author_id,
        licence_code=purchase.licence_code,
        licence_text_version=purchase.licence_text_version,
        support_months=offer.months,
        **{name: getattr(quote, name) for name in BREAKDOWN},
    )
    freeze_billing(order=order, billing=billing, tax=tax)
    sides = ledger.sale_sides(
        author_ids=[purchase.author_id],
        gateway=gateway_name(),
        tax_scopes=[tax.scope] if tax.rate_bp else [],
    )
    ledger.open_accounts(sides=sides, currency=order.currency)
    _close_earlier(order, purchase)
    return order


def _close_earlier(order: Order, purchase: Purchase) -> None:
    """The same months need not be paid twice."""
    earlier = Order.objects.filter(
        buyer_id=order.buyer_id, status__in=Order.PAYABLE, lines__supported=purchase
    ).exclude(pk=order.pk)
    for order_id in earlier.values_list("pk", flat=True):
        tasks.close_order.enqueue(order_id=order_id)
