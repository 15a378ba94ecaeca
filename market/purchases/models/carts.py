from django.db import models
from django.utils import timezone

from market.core.ids import BINARY, UUIDField
from market.items.models import Item
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
    """An item under a licence; `shown_cents` is the price before tax that the buyer last saw."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.CASCADE, related_name="+")
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    shown_cents = models.PositiveIntegerField()
    # Bought with it, beyond the months that are included.
    more_support_months = models.SmallIntegerField(default=0, db_default=0)
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
