"""Catalogue records as the API gives them, in a bounded number of queries for any page size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from market.discovery.selectors import lists
from market.items.models import Category, Item, ItemPreview, ItemVersion
from market.purchases.models import Purchase
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.tenancy.registry import marketplace_by_id
from market.users.models import User


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item with all that a partner may read of it."""

    item: Item
    site: Marketplace
    previews: dict[str, list[ItemPreview]]  # by kind, in order

    def preview(self, kind: str) -> ItemPreview | None:
        return self.first_preview((kind,))

    def first_preview(self, kinds: Iterable[str]) -> ItemPreview | None:
        """The first of the kind that comes first."""
        return next(iter(self.all_previews(kinds)), None)

    def all_previews(self, kinds: Iterable[str] | None = None) -> list[ItemPreview]:
        wanted = self.previews if kinds is None else kinds
        return [row for kind in wanted for row in self.previews.get(kind, ())]


PUBLIC = (Item.Status.APPROVED, Item.Status.PAUSED, Item.Status.RETIRED)
VERSIONS = 100


def item_records(item_ids: Sequence[int]) -> list[ItemRecord]:
    """In the order of `item_ids`; unknown ones and those without a public page are left out.

    Two queries, whatever the number.
    """
    return _records(item_ids, Item.objects.filter(status__in=PUBLIC))


def _records(item_ids: Sequence[int], items: QuerySet[Item]) -> list[ItemRecord]:
    found = items.filter(pk__in=item_ids).select_related(
        "detail", "stats", "category", "author__profile"
    )
    rows = {item.pk: item for item in found}
    previews = _previews(item.live_version_id for item in rows.values())
    return [
        ItemRecord(
            item=rows[item_id],
            site=marketplace_by_id(rows[item_id].site_id),
            previews=previews.get(rows[item_id].live_version_id or 0, {}),
        )
        for item_id in item_ids
        if item_id in rows
    ]


def listed_ids(
    *, site_id: int, node_id: int, sort: Sort, cursor: str, size: int
) -> tuple[list[int], str | None]:
    """Ids of a keyset page of the items on sale in a node, and the next cursor. One query.

    Raises BadCursor.
    """
    node = lists.Node(site_id, node_id)
    return lists.id_page(node, sort=sort, place=lists.Place(after=cursor), size=size)


def category_id(*, site: Marketplace, path: str) -> int | None:
    """The row of a category in use; no query for a path that the site does not have."""
    if site.category(path) is None:
        return None
    rows = Category.objects.filter(site_id=site.id, path=path, retired_at=None)
    return rows.values_list("pk", flat=True).first()


def versions(item_id: int) -> list[ItemVersion]:
    """What was ever on sale, newest first."""
    rows = ItemVersion.objects.filter(item_id=item_id, status=ItemVersion.Status.APPROVED)
    return list(rows.order_by("-number")[:VERSIONS])


def item_record(item_id: int) -> ItemRecord | None:
    if item_id >= 2**63:  # SQLite would raise OverflowError
        return None
    found = item_records([item_id])
    return found[0] if found else None


def sold_record(purchase: Purchase) -> ItemRecord:
    """What was sold, whatever became of it since: a sale outlives its item's page."""
    return _records([purchase.item_id], Item.objects.all())[0]


def _previews(version_ids: Iterable[int | None]) -> dict[int, dict[str, list[ItemPreview]]]:
    grouped: dict[int, dict[str, list[ItemPreview]]] = {}
    wanted = [version_id for version_id in version_ids if version_id]
    for row in ItemPreview.objects.filter(version__in=wanted).order_by("kind", "position"):
        grouped.setdefault(row.version_id, {}).setdefault(row.kind, []).append(row)
    return grouped


def sale_by_code(*, author: User, code: str) -> Purchase | None:
    """A sale of this author that still stands; refunded and reversed ones are not found."""
    return (
        Purchase.objects.filter(author=author, code=code, reversed_at=None)
        .select_related("buyer", "item")
        .first()
    )


def purchases_of_item(*, buyer_id: int, item_id: int) -> int:
    """How many licences of the item this buyer holds."""
    counted = Purchase.objects.filter(
        buyer_id=buyer_id, item_id=item_id, reversed_at=None
    ).aggregate(held=Count("pk"))
    return int(counted["held"])


def purchases_page(*, buyer: User, before: int | None, size: int) -> list[Purchase]:
    """Newest first, by keyset on the id; one more than `size` tells that there is a next page."""
    rows = Purchase.objects.filter(buyer=buyer)
    return _page(rows, before, size)


def sales_page(*, author: User, before: int | None, size: int) -> list[Purchase]:
    return _page(Purchase.objects.filter(author=author, reversed_at=None), before, size)


def _page(rows: QuerySet[Purchase], before: int | None, size: int) -> list[Purchase]:
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.select_related("item", "buyer", "author").order_by("-pk")[: size + 1])


def purchase_by_code(*, buyer: User, code: str) -> Purchase | None:
    return (
        Purchase.objects.filter(buyer=buyer, code=code)
        .select_related("item", "author", "buyer")
        .first()
    )
