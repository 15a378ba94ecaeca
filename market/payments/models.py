from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from market.core.ids import BINARY, UUIDField

_Row = TypeVar("_Row", bound=models.Model)


class Immutable(TypeError):
    """What was booked stays booked: corrections are transfers of their own."""


class InsertOnlyQuerySet(models.QuerySet[_Row]):
    """Rows that are added and read, never changed or deleted."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise Immutable(self.model.__name__)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Immutable(self.model.__name__)

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Immutable(self.model.__name__)

    def delete(self) -> NoReturn:
        raise Immutable(self.model.__name__)


InsertOnlyManager = models.Manager.from_queryset(InsertOnlyQuerySet)


class InsertOnly(models.Model):
    objects = InsertOnlyManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Immutable(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Immutable(type(self).__name__)


class Account(models.Model):
    """One side of the double entry: a kind, and whose it is (`scope`: `user:7`, or empty).

    Never updated and never locked: each line's foreign key takes a shared lock on it, and every
    sale touches those of the platform. What is locked is a person's `Balance`.
    """

    class Kind(models.TextChoices):
        AUTHOR_EARNINGS = "author_earnings"  # what we owe an author
        BUYER_FEES = "buyer_fees"  # ours
        AUTHOR_FEES = "author_fees"  # ours
        TAX = "tax"  # what we owe tax offices
        GATEWAY = "gateway"  # what gateways owe us: negative when they hold our money

    kind = models.CharField(max_length=20, choices=Kind, db_collation=BINARY)
    scope = models.CharField(max_length=40, blank=True, db_collation=BINARY)
    currency = models.CharField(max_length=3, db_collation=BINARY)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "scope", "currency"], name="account_one_per_scope"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.scope or 'platform'} {self.currency}"


class Balance(models.Model):
    """What stands in the account of a person: the row that is locked to post there.

    A table of its own, so that no query plan for the lock ever meets an account of the platform
    (a scan of one table for both made sales deadlock). Those have no balance but their lines.
    """

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True)
    balance_cents = models.BigIntegerField(default=0)
    # An author's sales at item prices so far: decides the author's fee. Never falls.
    lifetime_cents = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.balance_cents} in {self.account_id}"


class Transfer(InsertOnly):
    """Money moved from one account to another for one stated reason, once: (source, kind)."""

    class Kind(models.TextChoices):
        SALE = "sale"  # gateway → author: the item's price
        AUTHOR_FEE = "author_fee"  # author → platform
        BUYER_FEE = "buyer_fee"  # gateway → platform
        TAX = "tax"  # gateway → tax

    source = models.CharField(max_length=80, db_collation=BINARY)  # `line:17`
    kind = models.CharField(max_length=20, choices=Kind, db_collation=BINARY)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind"], name="transfer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class Line(InsertOnly):
    """Half of a transfer. Written once, never changed; both halves add up to zero."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="lines")
    cents = models.BigIntegerField()  # positive: into the account
    balance_cents = models.BigIntegerField(null=True)  # after it; null on platform accounts

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="line_moves_money"),
        ]
        indexes = [models.Index(fields=["account", "id"], name="line_statement")]

    def __str__(self) -> str:
        return f"{self.cents} {self.account_id}"


class BuyerFee(models.Model):
    """What the platform adds to an item's price, by marketplace and licence, while it is valid."""

    site_id = models.PositiveSmallIntegerField()
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site_id", "licence_code", "valid_from"], name="buyer_fee_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="buyer_fee_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}/{self.licence_code}: {self.cents}"


class AuthorFeeRate(models.Model):
    """The platform's part of an item's price: by exclusivity and lifetime sales."""

    is_exclusive = models.BooleanField()
    from_lifetime_cents = models.PositiveBigIntegerField(default=0)
    rate_bp = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_exclusive", "from_lifetime_cents", "valid_from"],
                name="author_fee_rate_start",
            ),
            models.CheckConstraint(
                condition=Q(rate_bp__lte=10_000), name="author_fee_rate_within_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate_bp} bp from {self.from_lifetime_cents}"


class Payment(models.Model):
    """One attempt to be paid for `purpose` (`order:KEY`). Stored before the gateway is asked.

    `idempotency_key` goes with every call for this attempt, so that a repeated call has one
    effect; what the call says is stored with it, so that it can be repeated word for word.
    """

    class Status(models.TextChoices):
        CREATED = "created"  # the gateway may or may not know of it
        PENDING = "pending"  # the gateway knows it and waits for the buyer
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

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
        indexes = [models.Index(fields=["settled_at", "updated_at"], name="payment_recovery")]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def is_over(self) -> bool:
        """Whether the gateway definitely refused it: only then may another attempt be made."""
        return self.status in (self.Status.FAILED, self.Status.CANCELLED)


class PaymentCase(models.Model):
    """Money that fits nothing: staff decide. A payment with a case is never booked by itself."""

    class Reason(models.TextChoices):
        UNEXPECTED = "unexpected", "Paid twice, or another amount"
        GOODS_GONE = "goods_gone", "What was bought is gone"

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
