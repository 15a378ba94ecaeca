from django_tasks import task

from market.community import services as community
from market.purchases.models import Order, OrderEvent
from market.purchases.services import (
    cart,
    receipts,
    recovery,
    refund_mails,
    refund_requests,
    vat_rechecks,
)


@task(queue_name="mail", max_attempts=8)
def send_receipt(order_id: int) -> None:
    receipts.send_receipt(order_id=order_id)


@task()
def close_order(order_id: int) -> None:
    """An order that another one took the place of."""
    order = Order.objects.get(pk=order_id)
    recovery.close_order(order=order, reason=OrderEvent.Reason.REPLACED)


@task()
def expire_orders() -> None:
    recovery.expire_orders()


@task()
def recover_payments() -> None:
    recovery.recover_payments()


@task()
def prune_carts() -> None:
    cart.prune_carts()


@task()
def tell_of_reversal(purchase_id: int) -> None:
    """What others keep about a purchase, after it was taken back or given again."""
    community.follow_purchase(purchase_id=purchase_id)


@task()
def close_requests(purchase_id: int) -> None:
    """The buyer's bank took the money: there is nothing left to ask for."""
    refund_requests.close_requests(purchase_id=purchase_id)


@task(queue_name="mail", max_attempts=8)
def send_refund_mail(event_id: int, user_id: int) -> None:
    refund_mails.send_refund_mail(event_id=event_id, user_id=user_id)


@task()
def move_overdue_requests() -> None:
    refund_requests.move_overdue_requests()


@task()
def recheck_vat_ids() -> None:
    vat_rechecks.recheck_vat_ids()
