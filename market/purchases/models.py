from django.db import models
from django.db.models import Q
from django.utils import timezone

from market.core.ids import BINARY, UUIDField
from market.items.models import Item, ItemVersion
from market.users.models import User


class Cart(models.Model):
    """A visitor's cart belongs to one host's cookie (`token_hash`), a person's to the person.

    `checkout_key` becomes the key of the order that is made from the cart's present content: two
    tabs send the same key and so make one order. It is replaced whenever the content changes.
    """

    user = models.OneToOneField(User, models.CASCADE, null=True, related_name="cart")
    token_hash = models.CharField(  # noqa: DJ001  # null for people's carts: unique, many nulls
        max_length=64, null=True, unique=True, db_collation=BINARY
    )
    host_key = models.CharField(max_length=40, blank=True)
    checkout_key = UUIDField(unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="cart_prune")]

    def __str__(self) -> str:
        return f"cart {self.pk}"


class CartLine(models.Model):
    """An item under a licence; `shown_cents` is the all-in price that the buyer last saw."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    shown_cents = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "item", "licence_code"], name="cart_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.licence_code}"


class CartHandoff(models.Model):
    """Carries a visitor's cart from one host to `account.`: once, for 60 seconds."""

    code_hash = models.CharField(max_length=64, unique=True, db_collation=BINARY)
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"handoff of {self.cart_id}"


class Order(models.Model):
    """What one buyer pays for at once; paying it makes purchases. Prices are frozen in it."""

    class Status(models.TextChoices):
        OPEN = "open"
        AWAITING_PAYMENT = "awaiting_payment"
        PAID = "paid"
        EXPIRED = "expired"

    # The buyer may still be sent to the gateway for these.
    PAYABLE = (Status.OPEN, Status.AWAITING_PAYMENT)

    key = UUIDField(unique=True)  # the cart's checkout_key: one content, one order
    buyer = models.ForeignKey(User, models.PROTECT, related_name="orders")
    total_cents = models.PositiveIntegerField()
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
    def purpose(self) -> str:
        """What payments call it."""
        return f"order:{self.key.hex}"

    def mark_paid(self, payment_ref: str) -> None:
        self.status = self.Status.PAID
        self.payment_ref = payment_ref
        self.paid_at = timezone.now()
        self.save(update_fields=["status", "payment_ref", "paid_at"])


class PriceBreakdown(models.Model):
    """Who pays and gets what, frozen, in cents of `currency`.

    total = item price + buyer fee + tax; the author earns item price − author fee.
    """

    item_price_cents = models.PositiveIntegerField()
    buyer_fee_cents = models.PositiveIntegerField()
    tax_cents = models.PositiveIntegerField(default=0)
    total_cents = models.PositiveIntegerField()
    author_fee_bp = models.PositiveIntegerField()  # the rate that was in force
    author_fee_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="USD")

    class Meta:
        abstract = True


class OrderLine(PriceBreakdown):
    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    licence_text_version = models.PositiveSmallIntegerField()
    support_months = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "item", "licence_code"], name="order_line_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.licence_code}"


class Purchase(PriceBreakdown):
    """One licence of one item for one buyer. Never deleted; reversed by a refund or dispute."""

    code = UUIDField(unique=True)  # the purchase code that buyers show to authors
    order_line = models.OneToOneField(OrderLine, models.PROTECT, related_name="purchase")
    buyer = models.ForeignKey(User, models.PROTECT, related_name="purchases")
    author = models.ForeignKey(User, models.PROTECT, related_name="sales")
    item = models.ForeignKey(Item, models.PROTECT, related_name="purchases")
    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="+")  # live when bought
    site_id = models.PositiveSmallIntegerField()
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    licence_text_version = models.PositiveSmallIntegerField()
    bought_at = models.DateTimeField(default=timezone.now)
    support_until = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["buyer", "id"], name="purchase_library"),
            models.Index(fields=["item", "id"], name="purchase_of_item"),
            models.Index(fields=["author", "id"], name="purchase_sales"),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_valid(self) -> bool:
        return self.reversed_at is None


class SaleEvent(models.Model):
    """A sale for the statistics: written with the purchase, added up by a job, never twice."""

    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    sold_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"sale of {self.item_id}"


class Download(models.Model):
    """The log of what was handed out, and to whom."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, null=True, related_name="downloads")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    file_id = models.PositiveBigIntegerField()  # items.ItemFile
    address = models.CharField(max_length=45)  # the browser's IP
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "item", "created_at"], name="download_limit")]

    def __str__(self) -> str:
        return f"{self.user_id} file {self.file_id}"
