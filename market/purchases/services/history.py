from market.purchases.models import Order, OrderEvent

Reason = OrderEvent.Reason


def note_change(*, order: Order, was: str, now: str, reason: str, note: str = "") -> None:
    """Write down that an order's state changed, in the transaction that changes it."""
    OrderEvent.objects.create(order=order, was=was, now=now, reason=reason, note=note[:120])
