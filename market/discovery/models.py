from django.db import models

from market.core.ids import BINARY
from market.items.models import Item


class SearchWord(models.Model):
    """A word of an item's name, for the first form of search: prefix look-ups by index."""

    site_id = models.PositiveSmallIntegerField()
    word = models.CharField(max_length=40, db_collation=BINARY)  # case-folded, without accents
    item = models.ForeignKey(Item, models.CASCADE, db_constraint=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_id", "word", "item"], name="search_word_once"),
        ]

    def __str__(self) -> str:
        return self.word
