from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from market.core.ids import BINARY, UUIDField
from market.items.models import Item, Promotion
from market.users.models import User


class Order(models.Model):
    """What one buyer pays for at once; paying it makes purchases. Prices are frozen in it."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("order", "Open")
        AWAITING_PAYMENT = "awaiting_payment", _("Waits for its payment")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Expired")

    # The buyer may still be sent to the gateway for these.
    PAYABLE = (Status.OPEN, Status.AWAITING_PAYMENT)

    key = UUIDField(unique=True)  # the cart's checkout_key: one content, one order
    buyer = models.ForeignKey(User, models.PROTECT, related_name="orders")
    total_cents = models.PositiveIntegerField()
    # The part that the buyer's credit pays; a gateway is asked for the rest.
    credit_cents = models.PositiveIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3, default="USD")
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    # Null until paid: a unique column may hold many nulls, but only one empty string.
    payment_ref = models.CharField(  # noqa: DJ001
        max_length=80, null=True, unique=True, db_collation=BINARY
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    receipt_sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="order_paid_has_payment",
                condition=~Q(status="paid") | Q(payment_ref__isnull=False, paid_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "expires_at"], name="order_expiry"),
            models.Index(fields=["buyer", "id"], name="order_buyer"),
        ]

    def __str__(self) -> str:
        return self.key.hex

    @property
    def is_payable(self) -> bool:
        return self.status in self.PAYABLE

    @property
    def card_cents(self) -> int:
        """What a gateway is asked for."""
        return self.total_cents - self.credit_cents

    @property
    def purpose(self) -> str:
        """What payments call it."""
        return f"order:{self.key.hex}"

    def mark_paid(self, payment_ref: str) -> None:
        self.status = self.Status.PAID
        self.payment_ref = payment_ref
        self.paid_at = timezone.now()
        self.save(update_fields=["status", "payment_ref", "paid_at"])


class PriceBreakdown(models.Model):
    """Who pays and gets what, frozen, in cents of `currency`, with the rates that were in force.

    total = item price + support + buyer fee + tax; the author earns item price − author fee and
    support − support fee.
    """

    item_price_cents = models.PositiveIntegerField()
    buyer_fee_cents = models.PositiveIntegerField()
    # Support beyond the months that are included. Signed, as all columns that came later: MySQL
    # copies a table to which a column with a check of its own is added.
    support_cents = models.IntegerField(default=0, db_default=0)
    tax_cents = models.PositiveIntegerField(default=0)
    tax_rate_bp = models.IntegerField(default=0, db_default=0)
    # Whose tax it is (`DE`); also where the rate is 0, so that it is known why.
    tax_scope = models.CharField(max_length=8, blank=True, default="", db_default="")
    total_cents = models.PositiveIntegerField()
    author_fee_bp = models.PositiveIntegerField()
    author_fee_cents = models.PositiveIntegerField()
    support_fee_bp = models.IntegerField(default=0, db_default=0)
    support_fee_cents = models.IntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        abstract = True

    def breakdown(self) -> dict[str, Any]:
        """The same figures for another row that is frozen like this one."""
        return {name: getattr(self, name) for name in BREAKDOWN}


BREAKDOWN = tuple(field.attname for field in PriceBreakdown._meta.local_fields)


class OrderLine(PriceBreakdown):
    """A licence to buy, or more months of support for one that was bought."""

    class Kind(models.TextChoices):
        LICENCE = "licence"
        SUPPORT = "support"

    kind = models.CharField(
        max_length=8, choices=Kind, default=Kind.LICENCE, db_default=Kind.LICENCE
    )
    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    licence_text_version = models.PositiveSmallIntegerField()
    support_months = models.PositiveSmallIntegerField(default=0)
    # By which it cost nothing. Nobody looks lines up by it.
    promotion = models.ForeignKey(
        Promotion, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    # Whose support a line of that kind prolongs. Nobody looks lines up by it: SupportPeriod does.
    supported = models.ForeignKey(
        "Purchase",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "item", "licence_code"], name="order_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.licence_code}"
