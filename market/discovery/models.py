from django.db import models
from django.utils import timezone

from market.core.ids import BINARY
from market.items.models import Item


class SearchWord(models.Model):
    """A word of an item's name, for the first form of search, which the release before this has.

    Nothing reads or writes it any more: contract next, the table goes with a later release.
    """

    site_id = models.PositiveSmallIntegerField()
    word = models.CharField(max_length=40, db_collation=BINARY)  # case-folded, without accents
    item = models.ForeignKey(Item, models.CASCADE, db_constraint=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "word", "item"], name="search_word_once"),
        ]

    def __str__(self) -> str:
        return self.word


class SalesDay(models.Model):
    """How often an item was sold on a day (UTC): added up from sale events, kept for 90 days.

    What trends is computed from these rows alone, see services.trending.
    """

    item = models.ForeignKey(
        Item, models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()
    sales = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "day"], name="sales_day_once")]
        indexes = [models.Index(fields=["day"], name="sales_day_prune")]

    def __str__(self) -> str:
        return f"{self.item_id} on {self.day}: {self.sales}"


class ViewBatch(models.Model):
    """How often items were looked at, as one process counted it for a while. A job adds it up.

    A row a batch: many processes count at once, and none waits for another.
    """

    counted_at = models.DateTimeField(default=timezone.now)
    counts = models.JSONField()  # {item id: views}

    def __str__(self) -> str:
        return f"views until {self.counted_at}"


class ViewsDay(models.Model):
    """How often an item's page was opened on a day (UTC), kept for 30 days."""

    item = models.ForeignKey(
        Item, models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "day"], name="views_day_once")]
        indexes = [models.Index(fields=["day"], name="views_day_prune")]

    def __str__(self) -> str:
        return f"{self.item_id} on {self.day}: {self.views}"


class SearchSnapshot(models.Model):
    """A copy of a search index in the store, from which a new host begins."""

    form = models.CharField(max_length=60, db_collation=BINARY)  # of the engine that can read it
    position = models.BigIntegerField()
    key = models.CharField(max_length=120, db_collation=BINARY)
    sha256 = models.CharField(max_length=64, db_collation=BINARY)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.form} at {self.position}"
