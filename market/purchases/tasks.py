from django_tasks import task

from market.purchases.models import Order
from market.purchases.services import cart, receipts, recovery


@task(queue_name="mail", max_attempts=8)
def send_receipt(order_id: int) -> None:
    receipts.send_receipt(order_id=order_id)


@task()
def close_order(order_id: int) -> None:
    """An order that another one took the place of."""
    recovery.close_order(order=Order.objects.get(pk=order_id))


@task()
def expire_orders() -> None:
    recovery.expire_orders()


@task()
def recover_payments() -> None:
    recovery.recover_payments()


@task()
def prune_carts() -> None:
    cart.prune_carts()
