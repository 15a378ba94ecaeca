from django.db import models
from django.utils import timezone


class CatalogueLoad(models.Model):
    """A made-up catalogue in this database (`load_catalogue`), and what it is made from.

    There is one at most; production has none.
    """

    seed = models.BigIntegerField()
    items = models.BigIntegerField()
    users = models.BigIntegerField()
    purchases = models.BigIntegerField()
    today = models.DateField()  # the day that everything is counted from
    bases = models.JSONField()  # {table: its greatest key before the load}
    looks = models.JSONField()  # {site: [[an ItemPreview's columns, …], …]}
    # {table: [definition as in CREATE TABLE, …]} of the keys that were taken off for the load
    keys = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.items} items, seed {self.seed}"


class CatalogueLoadPart(models.Model):
    """A part that is in the database: written in the transaction that wrote its rows."""

    load = models.ForeignKey(CatalogueLoad, models.CASCADE, related_name="parts")
    step = models.CharField(max_length=12)
    number = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["load", "step", "number"], name="catalogue_load_part_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.number}"
