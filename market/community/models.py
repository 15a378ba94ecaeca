from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.items.models import Item
from market.purchases.models import Purchase
from market.users.models import User


class Rating(models.Model):
    """One per purchase, by its buyer; the author may reply once."""

    class Reason(models.TextChoices):
        DESIGN = "design", _("Design quality")
        FEATURES = "features", _("Features")
        FLEXIBILITY = "flexibility", _("Flexibility")
        DOCUMENTATION = "documentation", _("Documentation")
        SUPPORT = "support", _("Support")
        VALUE = "value", _("Value for money")
        OTHER = "other", _("Other")

    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="rating")
    item = models.ForeignKey(Item, models.PROTECT, related_name="ratings")
    buyer = models.ForeignKey(User, models.PROTECT, related_name="+")
    stars = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=16, choices=Reason, default=Reason.OTHER)
    text = models.CharField(max_length=2000, blank=True)
    reply = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5), name="rating_one_to_five"
            ),
        ]
        indexes = [
            models.Index(fields=["item", "id"], name="rating_of_item"),
            models.Index(fields=["item", "stars", "id"], name="rating_of_item_by_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} for {self.item_id}"
