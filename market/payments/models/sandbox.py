from django.db import models
from django.utils import timezone

from market.core.ids import BINARY, UUIDField


class SandboxPayment(models.Model):
    """The sandbox gateway's own store. Nothing outside `gateways/sandbox` reads it."""

    class Status(models.TextChoices):
        OPEN = "open"
        NEEDS_STEP = "needs_step"
        SUCCEEDED = "succeeded"
        DECLINED = "declined"
        CANCELLED = "cancelled"
        REFUNDED = "refunded"

    ref = models.CharField(max_length=80, unique=True, db_collation=BINARY)
    idempotency_key = models.CharField(max_length=120, unique=True, db_collation=BINARY)
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200)
    return_url = models.CharField(max_length=500)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.ref


class SandboxReport(models.Model):
    """A webhook that the sandbox gateway owes: sent by a job until the receiver says 2xx."""

    key = UUIDField(unique=True)  # the event id
    payment = models.ForeignKey(SandboxPayment, models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key.hex

    @property
    def told(self) -> dict[str, str]:
        """What it says."""
        return {"id": self.key.hex, "type": self.kind, "payment": self.payment.ref}


class SandboxRefund(models.Model):
    """A part of a sandbox payment that went back."""

    payment = models.ForeignKey(SandboxPayment, models.PROTECT, related_name="refunds")
    ref = models.CharField(max_length=80, unique=True, db_collation=BINARY)
    idempotency_key = models.CharField(max_length=120, unique=True, db_collation=BINARY)
    cents = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.ref


class SandboxPayout(models.Model):
    """Money that the sandbox gateway sends to somebody. A job of its own says how it ended."""

    class Status(models.TextChoices):
        SENT = "sent"
        SETTLED = "settled"
        BOUNCED = "bounced"

    ref = models.CharField(max_length=80, unique=True, db_collation=BINARY)
    idempotency_key = models.CharField(max_length=120, unique=True, db_collation=BINARY)
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    destination = models.CharField(max_length=120)
    description = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=Status, default=Status.SENT)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.ref
