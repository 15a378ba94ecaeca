from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import BINARY


class Payment(models.Model):
    """One attempt to be paid for `purpose` (`order:KEY`). Stored before the gateway is asked.

    `idempotency_key` goes with every call for this attempt, so that a repeated call has one
    effect; what the call says is stored with it, so that it can be repeated word for word.
    """

    class Status(models.TextChoices):
        # The gateway may or may not know of it.
        CREATED = "created", _("Asked for, not answered yet")
        PENDING = "pending", _("Waits for the buyer")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    purpose = models.CharField(max_length=80, db_collation=BINARY)
    attempt = models.PositiveIntegerField(default=1)
    gateway = models.CharField(max_length=20)
    idempotency_key = models.CharField(max_length=120, unique=True, db_collation=BINARY)
    # Null until the gateway has named it: unique columns may hold many nulls.
    gateway_ref = models.CharField(  # noqa: DJ001
        max_length=80, null=True, unique=True, db_collation=BINARY
    )
    description = models.CharField(max_length=200)
    return_url = models.CharField(max_length=500)
    pay_url = models.CharField(max_length=500, blank=True)
    cents = models.PositiveIntegerField()  # what we asked for
    currency = models.CharField(max_length=3)
    paid_cents = models.PositiveIntegerField(null=True)  # what the gateway says it took
    paid_currency = models.CharField(max_length=3, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.CREATED)
    failure = models.CharField(max_length=200, blank=True)  # the gateway's words
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    # Null while recovery must look at it: until it failed, or its money was booked or is a case.
    settled_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)  # all of it given back

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "attempt"], name="payment_attempt"),
        ]
        indexes = [
            models.Index(fields=["settled_at", "updated_at"], name="payment_recovery"),
            models.Index(fields=["gateway", "created_at"], name="payment_made"),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def is_over(self) -> bool:
        """Whether the gateway definitely refused it: only then may another attempt be made."""
        return self.status in (self.Status.FAILED, self.Status.CANCELLED)


class PaymentCase(models.Model):
    """Money that fits nothing: staff decide. A payment with a case is never booked by itself."""

    class Reason(models.TextChoices):
        UNEXPECTED = "unexpected", _("Paid twice, or another amount")
        GOODS_GONE = "goods_gone", _("What was bought is gone")
        CREDIT_SHORT = "credit_short", _("The credit for the rest is spent")

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="case")
    reason = models.CharField(max_length=16, choices=Reason)
    note = models.CharField(max_length=500)
    opened_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["resolved_at", "opened_at"], name="payment_case_open")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.payment_id}"


class WebhookEvent(models.Model):
    """The inbox: what a gateway reported, once per event id; a job works it off."""

    class State(models.TextChoices):
        RECEIVED = "received"
        DONE = "done"
        CASE = "case"  # staff must look: about a payment that is not ours

    gateway = models.CharField(max_length=20, db_collation=BINARY)
    event_id = models.CharField(max_length=80, db_collation=BINARY)
    kind = models.CharField(max_length=60)
    gateway_ref = models.CharField(max_length=80, blank=True)
    payload = models.JSONField()
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    note = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="webhook_event_once"),
        ]
        indexes = [models.Index(fields=["state", "received_at"], name="webhook_event_open")]

    def __str__(self) -> str:
        return self.event_id
