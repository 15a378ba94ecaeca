"""What staff put into the window: a featured item or author, the free item of the period."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.items.models.item import Item
from market.users.models import User


class PromotionCalendar(models.Model):
    """One row a marketplace, locked while its promotions change: periods are no unique key.

    Made with the marketplace: who makes it only when it is locked meets a deadlock.
    """

    site_id = models.PositiveSmallIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"calendar of {self.site_id}"


class Promotion(models.Model):
    """One item or author in one marketplace's window for a period.

    Never edited or deleted: it can be ended before its time, by whom and why stands in it too.
    """

    class Kind(models.TextChoices):
        FREE_ITEM = "free_item", _("Free item")
        FEATURED_ITEM = "featured_item", _("Featured item")
        FEATURED_AUTHOR = "featured_author", _("Featured author")

    OF_ITEMS = (Kind.FREE_ITEM, Kind.FEATURED_ITEM)

    site_id = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="promotions")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="promotions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # the first moment at which it runs no more
    # Of a free item: the author gets nothing for it, and has said yes; the note says where.
    author_agreed = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)  # before its time
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="promotion_subject",
                condition=Q(kind="featured_author", item__isnull=True, author__isnull=False)
                | Q(
                    kind__in=["free_item", "featured_item"],
                    item__isnull=False,
                    author__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="promotion_period", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="promotion_free_is_agreed",
                condition=~Q(kind="free_item") | Q(author_agreed=True),
            ),
            models.CheckConstraint(
                name="promotion_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["site_id", "ends_at"], name="promotion_window")]
        permissions = [("schedule_promotions", "Can schedule promotions")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.site_id} from {self.starts_at:%Y-%m-%d}"

    @property
    def subject(self) -> str:
        """What or whom it is about."""
        named = self.item or self.author
        return str(named)
