from django.db import models
from django.utils import timezone

from market.core.ids import BINARY
from market.payments.models.payments import Payment


class Dispute(models.Model):
    """A payment that the buyer's bank wants back, as the gateway tells it."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes")
    gateway_ref = models.CharField(max_length=80, unique=True, db_collation=BINARY)
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=40)  # the gateway's word
    reason = models.CharField(max_length=60)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    takes_money = models.BooleanField(default=True, db_default=True)
    is_won = models.BooleanField(default=False, db_default=False)
    # When the money was taken out of the books, and when it came back.
    reversed_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["closed_at", "opened_at"], name="dispute_open")]

    def __str__(self) -> str:
        return self.gateway_ref
