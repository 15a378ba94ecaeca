from django.db import models
from django.db.models import F, Q

from market.core.ids import BINARY


class Valid(models.Model):
    """In force from a moment on, and until another if it is given: see periods.in_force."""

    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class BuyerFee(Valid):
    """What the platform adds to an item's price, by marketplace and licence, while it is valid."""

    site_id = models.PositiveSmallIntegerField()
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="USD")

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


class AuthorFeeRate(Valid):
    """The platform's part of an item's price: by exclusivity and lifetime sales."""

    is_exclusive = models.BooleanField()
    from_lifetime_cents = models.PositiveBigIntegerField(default=0)
    rate_bp = models.PositiveIntegerField()

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


class SupportRate(Valid):
    """What more months of support cost: a share of the item's price, by marketplace and occasion.

    `fee_bp` is the platform's part of it.
    """

    class Kind(models.TextChoices):
        UPGRADE = "upgrade"  # with the purchase
        EXTENSION = "extension"  # while support runs
        RENEWAL = "renewal"  # after it ended

    site_id = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind, db_collation=BINARY)
    rate_bp = models.PositiveIntegerField()
    fee_bp = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site_id", "kind", "valid_from"], name="support_rate_start"
            ),
            models.CheckConstraint(
                condition=Q(rate_bp__lte=10_000, fee_bp__lte=10_000),
                name="support_rate_within_price",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="support_rate_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}/{self.kind}: {self.rate_bp} bp"


class TaxRate(Valid):
    """The tax that buyers in a country pay on what is supplied to them there.

    A country without a row has none. `area` names those among which a business abroad owes the
    tax itself when it shows its number (`EU`).
    """

    class Kind(models.TextChoices):
        ELECTRONIC = "electronic"  # services that are supplied electronically: all that we sell

    country = models.CharField(max_length=2, db_collation=BINARY)
    area = models.CharField(max_length=8, blank=True, db_collation=BINARY)
    kind = models.CharField(max_length=12, choices=Kind, db_collation=BINARY)
    rate_bp = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "kind", "valid_from"], name="tax_rate_start"
            ),
            models.CheckConstraint(condition=Q(rate_bp__lte=10_000), name="tax_rate_within_price"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="tax_rate_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country}: {self.rate_bp} bp"
