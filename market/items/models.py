"""The catalogue's rows. Narrow hot rows (Item, ItemListing) apart from wide cold ones (ItemDetail).

Foreign keys stand on identity and money; the satellites that are bulk loaded and rebuilt
(ItemDetail, ItemStats, ItemListing, NodeStats) have none in the database (a job checks them).
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from market.core.ids import BINARY, NAMES, UUIDField
from market.users.models import User


class Category(models.Model):
    """A node of a marketplace's tree, mirrored from site.toml. Retired, never deleted."""

    site_id = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    slug = models.CharField(max_length=60, db_collation=BINARY)
    path = models.CharField(max_length=130, db_collation=BINARY)  # `icons/line`
    name = models.CharField(max_length=80, db_collation=NAMES)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "path"], name="category_path"),
        ]

    def __str__(self) -> str:
        return self.path


class Attribute(models.Model):
    """A typed attribute of a marketplace's items, mirrored from site.toml."""

    site_id = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60, db_collation=BINARY)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=12)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "key"], name="attribute_key"),
        ]

    def __str__(self) -> str:
        return self.key


class AttributeOption(models.Model):
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="options")
    value = models.CharField(max_length=80, db_collation=BINARY)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attribute", "value"], name="attribute_option_value"),
        ]

    def __str__(self) -> str:
        return self.value


class Licence(models.Model):
    """A licence that a marketplace sells, mirrored from site.toml; its text has versions."""

    site_id = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, db_collation=BINARY)
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=300)
    text_version = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "code"], name="licence_code"),
        ]

    def __str__(self) -> str:
        return self.code


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
    # price and code, keys of thumbnail, preview and media, facts as [label, value], the author.
    card = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    live_version = models.ForeignKey(
        "ItemVersion", models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

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
    trending = models.PositiveIntegerField(default=0)
    rolled_up_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"stats of {self.item_id}"

    @property
    def rating(self) -> float:
        """Mean stars, 0 without ratings."""
        return self.rating_sum / self.rating_count if self.rating_count else 0.0


class ItemListing(models.Model):
    """One row for each (node, item on sale): the leaf, its ancestors, and the site (node 0).

    Each sort has a covering index and is read by keyset. `rating` is the mean in hundredths.
    """

    site_id = models.PositiveSmallIntegerField()
    node_id = models.PositiveBigIntegerField()  # Category, or 0 for the whole site
    item = models.ForeignKey(Item, models.CASCADE, db_constraint=False, db_index=False)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    price_cents = models.PositiveIntegerField()
    sales = models.PositiveIntegerField(default=0)
    rating = models.PositiveIntegerField(default=0)
    trending = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "site_id", "node_id"], name="listing_once"),
        ]
        indexes = [
            models.Index(
                fields=["site_id", "node_id", "published_at", "item"], name="listing_newest"
            ),
            models.Index(
                fields=["site_id", "node_id", "updated_at", "item"], name="listing_updated"
            ),
            models.Index(
                fields=["site_id", "node_id", "price_cents", "item"], name="listing_price"
            ),
            models.Index(fields=["site_id", "node_id", "sales", "item"], name="listing_sales"),
            models.Index(fields=["site_id", "node_id", "rating", "item"], name="listing_rating"),
            models.Index(
                fields=["site_id", "node_id", "trending", "item"], name="listing_trending"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} at {self.site_id}/{self.node_id}"


class NodeStats(models.Model):
    """Totals of a node, kept, so that no page counts."""

    site_id = models.PositiveSmallIntegerField()
    node_id = models.PositiveBigIntegerField()
    items = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "node_id"], name="node_stats_node"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}/{self.node_id}: {self.items}"


class ItemVersion(models.Model):
    """One release of an item's files. Its files never change once it was submitted."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"
        IN_REVIEW = "in_review"
        SOFT_REJECTED = "soft_rejected"
        HARD_REJECTED = "hard_rejected"
        APPROVED = "approved"

    item = models.ForeignKey(Item, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()  # 1, 2, …
    label = models.CharField(max_length=40, blank=True)  # the author's own: "2.1.0"
    changelog = models.TextField(blank=True)
    review_note = models.TextField(blank=True)  # from the author to the reviewer
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="item_version_number"),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"], name="item_version_queue")]

    def __str__(self) -> str:
        return f"{self.item_id} v{self.number}"

    @property
    def is_editable(self) -> bool:
        """Whether its author may change its files."""
        return self.status in (self.Status.DRAFT, self.Status.SOFT_REJECTED)

    @property
    def is_waiting(self) -> bool:
        """Whether it stands in the review queue."""
        return self.status in (self.Status.SUBMITTED, self.Status.IN_REVIEW)


class ItemFile(models.Model):
    """An accepted upload of one role. The key is its own: never reused, never overwritten."""

    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="files")
    role = models.CharField(max_length=40, db_collation=BINARY)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=200)  # as the author called it
    key = models.CharField(max_length=200, unique=True, db_collation=BINARY)
    sha256 = models.CharField(max_length=64, db_collation=BINARY)
    bytes = models.PositiveBigIntegerField()
    format = models.CharField(max_length=12)  # by content: "zip", "jpg"
    # Measured: {"width", "height"}, {"seconds"}, {"triangles"}; of an archive {"count",
    # "unpacked_bytes", "formats": {"svg": 320}, "entries": [[path, bytes], …], the first 500}.
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "role", "position"], name="item_file_role_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.version_id}"


class ItemPreview(models.Model):
    """What the platform made of a file for everybody to see; made by the media queue."""

    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="previews")
    # thumbnail, image, sample, gallery, wireframe, audio, waveform, video, poster, model,
    # turntable, live
    kind = models.CharField(max_length=20, db_collation=BINARY)
    position = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=200, db_collation=BINARY)  # public; `live`: folder's prefix
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    bytes = models.PositiveBigIntegerField(default=0)
    # {"seconds"}, {"peaks": […]}, {"index": path}, {"variants": [{"key", "width", "height",
    # "bytes", "content_type"}, …]}
    facts = models.JSONField(default=dict)
    source_id = models.PositiveBigIntegerField(default=0)  # the ItemFile that it was made of
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "kind", "position"], name="item_preview_kind_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.version_id}"


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


class ItemEvent(models.Model):
    """The history of an item's and its versions' states: who, when, from, to, why."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="events")
    version = models.ForeignKey(ItemVersion, models.PROTECT, null=True, related_name="events")
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    from_status = models.CharField(max_length=16)
    to_status = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["item", "id"], name="item_event_history")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.from_status} → {self.to_status}"


class Upload(models.Model):
    """A file in quarantine: received and being checked; nobody else sees it."""

    class State(models.TextChoices):
        RECEIVED = "received"
        ACCEPTED = "accepted"  # became an ItemFile
        REFUSED = "refused"

    key = UUIDField(unique=True)  # names it in the form; unguessable
    author = models.ForeignKey(User, models.CASCADE, related_name="+")
    version = models.ForeignKey(ItemVersion, models.CASCADE, related_name="uploads")
    role = models.CharField(max_length=40, db_collation=BINARY)
    name = models.CharField(max_length=200)
    storage_key = models.CharField(max_length=200, db_collation=BINARY)
    sha256 = models.CharField(max_length=64, db_collation=BINARY)
    bytes = models.PositiveBigIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    refusal = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="upload_prune")]

    def __str__(self) -> str:
        return self.name
