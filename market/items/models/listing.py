"""Lists and their totals, rebuilt from items: each sort has a covering index."""

from django.db import models

from market.items.models.item import Item

AUTHOR_NODES = 2**40  # more than there will ever be categories


def author_node(author_id: int) -> int:
    """The node that holds an author's items of a site."""
    return AUTHOR_NODES + author_id


class ItemListing(models.Model):
    """One row for each (node, item on sale): leaf, its ancestors, author, and the site (node 0).

    Each sort has a covering index and is read by keyset. `rating` is SearchRules.rated_hundredths.
    """

    site_id = models.PositiveSmallIntegerField()
    node_id = models.PositiveBigIntegerField()  # Category, author_node, or 0 for the whole site
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
