"""What is sold: identity and card apart from its cold and its counted parts."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from market.core.ids import BINARY, NAMES
from market.items.models.catalogue import Category
from market.users.models import User


class Item(models.Model):
    """What is sold: identity, and what a card shows. One primary-key read draws a card."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        IN_REVIEW = "in_review"
        SOFT_REJECTED = "soft_rejected"
        HARD_REJECTED = "hard_rejected"
        APPROVED = "approved"
        PAUSED = "paused"  # by its author
        SUSPENDED = "suspended"  # by staff
        RETIRED = "retired"  # no longer sold; buyers keep their downloads for ever

    site_id = models.PositiveSmallIntegerField()
    author = models.ForeignKey(User, models.PROTECT, related_name="items")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")  # a leaf
    slug = models.CharField(max_length=120, db_collation=BINARY)
    name = models.CharField(max_length=100, db_collation=NAMES)
    summary = models.CharField(max_length=200, blank=True)
    # Made when a version goes live, see services.publishing.make_card: the default licence's all-in
    # price and code, keys of thumbnail, preview and media, facts as [key, value], the author.
    card = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    live_version = models.ForeignKey(
        "ItemVersion", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    # No columns: `selectors.promotions.with_free` and `with_featured` fill them when it is drawn.
    free_until: datetime | None = None
    free_promotion_id: int | None = None
    is_featured: bool = False

    class Meta:
        indexes = [
            models.Index(fields=["author", "status", "id"], name="item_portfolio"),
            models.Index(fields=["site_id", "status", "id"], name="item_review_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                name="item_on_sale_is_published",
                condition=~Q(status="approved")
                | Q(live_version__isnull=False, published_at__isnull=False),
            ),
        ]
        permissions = [
            ("sell_items", "Can offer items for sale"),
            ("review_items", "Can review items of others"),
            ("suspend_items", "Can take items off sale"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_for_sale(self) -> bool:
        return self.status == self.Status.APPROVED

    @property
    def is_public(self) -> bool:
        """Whether its page exists: off sale, it stays to say so."""
        return self.status in (self.Status.APPROVED, self.Status.PAUSED, self.Status.RETIRED)

    @property
    def is_editable(self) -> bool:
        """Whether its author may change the first version."""
        return self.status in (self.Status.DRAFT, self.Status.SOFT_REJECTED)


class ItemDetail(models.Model):
    """What only the item's page (and its author's form) reads."""

    item = models.OneToOneField(
        Item, models.CASCADE, primary_key=True, db_constraint=False, related_name="detail"
    )
    description_source = models.TextField(blank=True)  # Markdown
    description_html = models.TextField(blank=True)  # sanitised
    attributes = models.JSONField(default=dict)  # {key: value or list of values}
    tags = models.JSONField(default=list)
    attribution = models.CharField(max_length=1000, blank=True)  # credit that a licence asks for
    upstream_licence = models.CharField(max_length=120, blank=True)  # SPDX expression
    has_support = models.BooleanField(default=False)
    addresses = models.JSONField(default=dict)  # {role of format "url": address}

    def __str__(self) -> str:
        return f"detail of {self.item_id}"


class ItemStats(models.Model):
    """Counters, written by jobs alone, so that buying never touches a hot row."""

    item = models.OneToOneField(
        Item, models.CASCADE, primary_key=True, db_constraint=False, related_name="stats"
    )
    sales = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    # How many gave so many stars. The database's default is for the release before this column.
    stars_1 = models.PositiveIntegerField(default=0, db_default=0)
    stars_2 = models.PositiveIntegerField(default=0, db_default=0)
    stars_3 = models.PositiveIntegerField(default=0, db_default=0)
    stars_4 = models.PositiveIntegerField(default=0, db_default=0)
    stars_5 = models.PositiveIntegerField(default=0, db_default=0)
    trending = models.PositiveIntegerField(default=0)
    rolled_up_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"stats of {self.item_id}"

    @property
    def rating(self) -> float:
        """Mean stars, 0 without ratings."""
        return self.rating_sum / self.rating_count if self.rating_count else 0.0

    @property
    def by_stars(self) -> dict[int, int]:
        """How many gave 5, 4, … stars. Nothing until a job has counted them all."""
        counts = {stars: getattr(self, f"stars_{stars}") for stars in (5, 4, 3, 2, 1)}
        return counts if sum(counts.values()) == self.rating_count else {}


class LicencePrice(models.Model):
    """The author's price of an item under a licence, with its history. Cents without fee, tax."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="prices")
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    valid_from = models.DateTimeField(default=timezone.now)
    # Null while it is in force. `current` is 1 then and null later, so that the unique key
    # allows one price in force and any number of past ones (no partial indexes on MySQL).
    valid_until = models.DateTimeField(null=True)
    current = models.PositiveSmallIntegerField(null=True, default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "licence_code", "current"], name="licence_price_in_force"
            ),
            models.CheckConstraint(condition=Q(cents__gt=0), name="licence_price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.licence_code}: {self.cents}"
