"""What happens to orders that nobody finished: asked about, closed, and honoured if paid late."""

from uuid import UUID, uuid4

import structlog
from django.db import transaction
from django.utils import timezone

from market.payments.errors import PaymentRefused
from market.payments.models import Payment
from market.payments.selectors import payments as payment_rows
from market.payments.services import credit, payments
from market.purchases.models import Cart, Order
from market.purchases.services import fulfilment
from market.purchases.services.history import Reason, note_change

logger = structlog.get_logger(__name__)
# A browser that is still on its way finishes by itself.
RECOVER_AFTER_SECONDS = 60
BATCH = 200


def refresh_order(*, order: Order) -> Payment | None:
    """Ask the gateway how an order's payment stands, and book it if it succeeded.

    Returns the latest attempt. Raises GatewayUnavailable.
    """
    payment = payment_rows.last_payment(order.purpose)
    if payment is None or payment.settled_at is not None:
        return payment
    if payment.status != Payment.Status.SUCCEEDED:
        payment = payments.refresh_payment(payment=payment)
    fulfilment.settle(payment=payment)
    return payment


def close_order(*, order: Order, reason: str = Reason.EXPIRED) -> None:
    """Wait no longer for an order: cancel its payment, and expire it unless it was paid.

    A gateway that does not answer keeps nothing from expiring: money that comes late is honoured.
    """
    if not order.is_payable:
        return
    payment = payment_rows.last_payment(order.purpose)
    if payment is not None:
        try:
            payment = payments.cancel_payment(payment=payment)
        except PaymentRefused as refusal:
            logger.warning("payment_not_cancelled", order=order.key.hex, reason=refusal.code)
        if payment.status == Payment.Status.SUCCEEDED:
            fulfilment.settle(payment=payment)
    _expire(order, reason)


@transaction.atomic
def _expire(order: Order, reason: str) -> None:
    """Both or neither: a cart that kept the key of a dead order could not be paid any more."""
    # By its row count: an order that was paid meanwhile stays paid.
    for was in Order.PAYABLE:
        if not Order.objects.filter(pk=order.pk, status=was).update(status=Order.Status.EXPIRED):
            continue
        note_change(order=order, was=was, now=Order.Status.EXPIRED, reason=reason)
        Cart.objects.filter(checkout_key=order.key).update(checkout_key=uuid4())


def expire_orders() -> int:
    """Close the orders whose time is over; returns how many were looked at.

    One that fails, for whatever reason, keeps no other waiting.
    """
    overdue = Order.objects.filter(status__in=Order.PAYABLE, expires_at__lt=timezone.now())
    orders = list(overdue.order_by("expires_at")[:BATCH])
    for order in orders:
        try:
            close_order(order=order)
        except Exception:
            logger.exception("order_not_closed", order=order.key.hex)
    return len(orders)


def recover_payments(*, older_than_seconds: int = RECOVER_AFTER_SECONDS) -> int:
    """Take up payments that were left half-way: by a browser, a host, or a gateway that was away.

    Returns how many were looked at. One that fails is looked at again next time, and keeps no
    other waiting, whatever is the matter with it.
    """
    found = payments.unsettled_payments(older_than_seconds=older_than_seconds, limit=BATCH)
    for payment in found:
        try:
            _recover(payment)
        except PaymentRefused:
            logger.warning("payment_not_recovered", payment=payment.idempotency_key, exc_info=True)
        except Exception:
            logger.exception("payment_not_recovered", payment=payment.idempotency_key)
    return len(found)


def _recover(payment: Payment) -> None:
    if payment.purpose.startswith(credit.PURPOSE):
        credit.recover_deposit(payment=payment)
        return
    if payment.status != Payment.Status.SUCCEEDED:
        key = UUID(payment.purpose.removeprefix(fulfilment.PURPOSE))
        order = Order.objects.filter(key=key).first()
        is_wanted = order is not None and order.is_payable
        ask = payments.refresh_payment if is_wanted else payments.cancel_payment
        payment = ask(payment=payment)
    fulfilment.settle(payment=payment)
