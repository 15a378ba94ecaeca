"""What a confirmed payment makes: purchases, ledger transfers, the sale's events and jobs.

Lock order: the order's row, the buyer's cart, and last, in the ledger, the authors' accounts.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from django.db import transaction

from market.items.models import Item
from market.payments import ledger
from market.payments import selectors as payment_rows
from market.payments import services as payments
from market.payments.models import Payment, PaymentCase
from market.purchases import tasks
from market.purchases.errors import GoodsGone, UnexpectedPayment
from market.purchases.models import Cart, Order, OrderLine, Purchase, SaleEvent

logger = structlog.get_logger(__name__)
# Staff took it away: nobody may be given it. Paused and retired items are still handed over.
GONE = (Item.Status.SUSPENDED, Item.Status.HARD_REJECTED)
PURPOSE = "order:"


def settle(*, payment: Payment) -> None:
    """Book a payment that succeeded, however often, by whomever and however late it is reported.

    Money that fits nothing becomes a case for staff; if what was bought is gone, it is given
    back. A payment that did not succeed, or not yet, changes nothing.
    """
    if payment.status != Payment.Status.SUCCEEDED or payment.settled_at is not None:
        return
    try:
        complete_order(
            key=UUID(payment.purpose.removeprefix(PURPOSE)),
            payment_ref=payment.gateway_ref or "",
            paid_cents=payment.paid_cents or 0,
            currency=payment.paid_currency,
            gateway=payment.gateway,
        )
    except (UnexpectedPayment, Order.DoesNotExist) as error:
        payments.open_case(payment=payment, reason=PaymentCase.Reason.UNEXPECTED, note=str(error))
    except GoodsGone as error:
        _give_back(payment, note=str(error))
    else:
        payments.mark_settled(payment=payment)


@transaction.atomic
def complete_order(
    *,
    key: UUID,
    payment_ref: str,
    paid_cents: int,
    currency: str = "USD",
    gateway: str = "sandbox",
) -> Order:
    """Book a payment that the gateway confirmed, however often it is reported.

    Raises UnexpectedPayment, GoodsGone, and Order.DoesNotExist for an unknown key.
    """
    order = Order.objects.select_for_update().get(key=key)
    if order.payment_ref == payment_ref or payment_rows.has_case(payment_ref):
        return order
    # An expired order that is paid late is still honoured: it is somebody's money.
    is_exact = (paid_cents, currency) == (order.total_cents, order.currency)
    if order.status == Order.Status.PAID or not is_exact:
        raise UnexpectedPayment(f"{payment_ref}: {paid_cents} {currency} cents for {order}")
    lines = list(order.lines.select_related("item").order_by("pk"))
    gone = [line.item_id for line in lines if line.item.status in GONE]
    if gone:
        raise GoodsGone(f"{payment_ref}: items {gone} of {order} are off the market")
    order.mark_paid(payment_ref)
    _grant(order, lines)
    _take_from_cart(order, lines)
    tasks.send_receipt.enqueue(order_id=order.pk)
    ledger.book_sales(
        sales=[_sale(line) for line in lines], gateway=gateway, currency=order.currency
    )
    return order


def source_of(line: OrderLine) -> str:
    """What the ledger calls an order line."""
    return f"line:{line.pk}"


def add_months(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or its last day: 31 January + 1 month = 28 February."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


@transaction.atomic
def _give_back(payment: Payment, *, note: str) -> None:
    """Under the order's lock: somebody may be granting this payment at the same moment."""
    key = UUID(payment.purpose.removeprefix(PURPOSE))
    order = Order.objects.select_for_update().get(key=key)
    if order.payment_ref == payment.gateway_ref:
        return
    payments.give_back(payment=payment, note=note)
    if order.is_payable:
        order.status = Order.Status.EXPIRED
        order.save(update_fields=["status"])
    Cart.objects.filter(checkout_key=key).update(checkout_key=uuid4())


def _grant(order: Order, lines: Sequence[OrderLine]) -> None:
    """Purchases and sale events for each line, by a fixed number of queries."""
    bought_at = order.paid_at
    if bought_at is None:
        raise ValueError("Only a paid order makes purchases.")
    Purchase.objects.bulk_create(_purchase(order, line, bought_at) for line in lines)
    # MySQL does not return the keys of a bulk insert.
    purchases = Purchase.objects.filter(order_line__in=[line.pk for line in lines]).order_by("pk")
    SaleEvent.objects.bulk_create(
        SaleEvent(purchase=one, item_id=one.item_id, sold_at=bought_at) for one in purchases
    )


def _purchase(order: Order, line: OrderLine, bought_at: datetime) -> Purchase:
    if line.item.live_version_id is None:
        raise ValueError(f"item {line.item_id} was sold without a live version")
    support = add_months(bought_at, line.support_months) if line.support_months else None
    return Purchase(
        code=uuid4(),
        order_line=line,
        buyer_id=order.buyer_id,
        author_id=line.author_id,
        item_id=line.item_id,
        version_id=line.item.live_version_id,
        site_id=line.item.site_id,
        licence_code=line.licence_code,
        licence_text_version=line.licence_text_version,
        bought_at=bought_at,
        support_until=support,
        item_price_cents=line.item_price_cents,
        buyer_fee_cents=line.buyer_fee_cents,
        tax_cents=line.tax_cents,
        total_cents=line.total_cents,
        author_fee_bp=line.author_fee_bp,
        author_fee_cents=line.author_fee_cents,
        currency=line.currency,
    )


def _take_from_cart(order: Order, lines: Sequence[OrderLine]) -> None:
    """What was bought leaves the cart; forms that were opened before no longer fit it."""
    cart = Cart.objects.select_for_update().filter(user_id=order.buyer_id).first()
    if cart is None:
        return
    bought = {(line.item_id, line.licence_code) for line in lines}
    taken = [line.pk for line in cart.lines.all() if (line.item_id, line.licence_code) in bought]
    if taken or cart.checkout_key == order.key:
        cart.lines.filter(pk__in=taken).delete()
        cart.checkout_key = uuid4()
        cart.save(update_fields=["checkout_key"])


def _sale(line: OrderLine) -> ledger.Sale:
    return ledger.Sale(
        source=source_of(line),
        author_id=line.author_id,
        item_price_cents=line.item_price_cents,
        author_fee_cents=line.author_fee_cents,
        buyer_fee_cents=line.buyer_fee_cents,
        tax_cents=line.tax_cents,
    )
