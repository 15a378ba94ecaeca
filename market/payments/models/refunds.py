from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import BINARY
from market.payments.models.payments import Payment


class PaymentRefund(models.Model):
    """Money that goes back the way a payment came. Stored before the gateway is asked.

    `source` says what it is for, once and for all (`refund:17`). What is booked for it is the
    caller's, in the transaction that makes this row.
    """

    class Status(models.TextChoices):
        # The gateway may or may not know of it.
        CREATED = "created", _("Asked for, not answered yet")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")  # it stays with the gateway: staff have a case

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    source = models.CharField(max_length=80, unique=True, db_collation=BINARY)
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    idempotency_key = models.CharField(max_length=120, unique=True, db_collation=BINARY)
    # Null until the gateway has named it: unique columns may hold many nulls.
    gateway_ref = models.CharField(  # noqa: DJ001
        max_length=80, null=True, unique=True, db_collation=BINARY
    )
    status = models.CharField(max_length=12, choices=Status, default=Status.CREATED)
    failure = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="refund_moves_money"),
        ]
        indexes = [
            models.Index(fields=["status", "updated_at"], name="refund_recovery"),
            models.Index(fields=["created_at"], name="refund_made"),
        ]

    def __str__(self) -> str:
        return self.source
