from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.insert_only import InsertOnly
from market.purchases.models.orders import Order


class OrderEvent(InsertOnly):
    """A change of an order's state: from, to, why and when. Never changed."""

    class Reason(models.TextChoices):
        PLACED = "placed", _("Placed")
        PAYMENT_ASKED = "payment_asked", _("Payment asked for")
        PAID = "paid", _("Paid")
        GIVEN_AWAY = "given_away", _("Nothing to pay")
        EXPIRED = "expired", _("Its time was over")
        REPLACED = "replaced", _("Another order took its place")
        GOODS_GONE = "goods_gone", _("What was paid for cannot be handed over")

    order = models.ForeignKey(Order, models.PROTECT, related_name="events")
    was = models.CharField(max_length=16, choices=Order.Status, blank=True)
    now = models.CharField(max_length=16, choices=Order.Status)
    reason = models.CharField(max_length=16, choices=Reason)
    note = models.CharField(max_length=120, blank=True)  # the payment's name
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.order_id}: {self.was} → {self.now}"
