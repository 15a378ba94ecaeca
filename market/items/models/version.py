"""Releases of an item: files, previews, uploads and the history of its states."""

from django.db import models
from django.utils import timezone

from market.core.ids import BINARY, UUIDField
from market.items.models.item import Item
from market.users.models import User


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
    # "unpacked_bytes", "formats": {"svg": 320}, "entries": [[path, bytes], …], the first 2,000}.
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
    # turntable, live, before, after, icons, glyphs, share (what a shared link shows)
    kind = models.CharField(max_length=20, db_collation=BINARY)
    position = models.PositiveSmallIntegerField(default=0)
    key = models.CharField(max_length=200, db_collation=BINARY)  # public; `live`: folder's prefix
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    bytes = models.PositiveBigIntegerField(default=0)
    # {"seconds"}, {"peaks": […]}, {"index": path}, {"variants": [{"key", "width", "height",
    # "bytes", "content_type"}, …]}, {"caption"}; of icons {"count", "columns", "cell", "is_dark",
    # "names_key": a JSON list}, of a font {"family", "glyphs"}
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
