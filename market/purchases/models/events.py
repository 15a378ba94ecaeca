from django.db import models
from django.utils import timezone

from market.core.insert_only import InsertOnly
from market.purchases.models.orders import Order


class OrderEvent(InsertOnly):
    """A change of an order's state: from, to, why and when. Never changed."""

    class Reason(models.TextChoices):
        PLACED = "placed"
        PAYMENT_ASKED = "payment_asked"
        PAID = "paid"
        GIVEN_AWAY = "given_away"
        EXPIRED = "expired"  # its time was over
        REPLACED = "replaced"  # another order took its place
        GOODS_GONE = "goods_gone"  # paid for what cannot be handed over

    order = models.ForeignKey(Order, models.PROTECT, related_name="events")
    was = models.CharField(max_length=16, choices=Order.Status, blank=True)
    now = models.CharField(max_length=16, choices=Order.Status)
    reason = models.CharField(max_length=16, choices=Reason)
    note = models.CharField(max_length=120, blank=True)  # the payment's name
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.was} → {self.now}"
