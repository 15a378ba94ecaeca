"""What a marketplace's home page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from market.discovery.selectors.lists import WHOLE_SITE, cards, id_page, totals
from market.items.models import Category, Item, ItemListing
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.tenancy.definitions.parts import CategoryDef


@dataclass(frozen=True, slots=True)
class Tile:
    """A top-level category, how much is in it, and the item whose picture stands for it."""

    category: CategoryDef
    items: int
    picture: Item | None


@dataclass(frozen=True, slots=True)
class Shelf:
    title: str
    sort: Sort
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Home:
    tiles: Sequence[Tile]
    shelves: Sequence[Shelf]
    total: int


# Sort, title, and how many are shown.
SHELVES = (
    (Sort.BEST_SELLERS, "Best sellers", 8),
    (Sort.NEWEST, "New on the shelf", 4),
    (Sort.BEST_RATED, "Best rated", 4),
)


def home(marketplace: Marketplace) -> Home:
    """Six queries, however many items there are."""
    rows = ItemListing.objects.filter(site_id=marketplace.id, node_id=WHOLE_SITE)
    shelf_ids = {sort: id_page(rows, sort=sort, size=size)[0] for sort, _, size in SHELVES}
    tops = _tops(marketplace)
    wanted = dict.fromkeys(one for ids in shelf_ids.values() for one in ids)
    wanted.update(dict.fromkeys(best for _, best in tops.values() if best))
    drawn = {item.pk: item for item in cards(list(wanted))}
    counts = totals(
        site_id=marketplace.id, node_ids=[WHOLE_SITE, *(node for node, _ in tops.values())]
    )
    return Home(
        tiles=[
            Tile(top, counts[tops[top.path][0]], drawn.get(tops[top.path][1] or 0))
            for top in marketplace.categories
            if top.path in tops
        ],
        shelves=[
            Shelf(title, sort, [drawn[one] for one in shelf_ids[sort] if one in drawn])
            for sort, title, _ in SHELVES
            if shelf_ids[sort]
        ],
        total=counts[WHOLE_SITE],
    )


def _tops(marketplace: Marketplace) -> dict[str, tuple[int, int | None]]:
    """Node and best-selling item of each top-level category, by path: one index dive each."""
    best = (
        ItemListing.objects.filter(site_id=marketplace.id, node_id=OuterRef("pk"))
        .order_by("-sales", "-item_id")
        .values("item_id")[:1]
    )
    rows = Category.objects.filter(
        site_id=marketplace.id, path__in=marketplace.tops(), retired_at=None
    ).annotate(best_id=Subquery(best))
    return {
        path: (node, item_id) for path, node, item_id in rows.values_list("path", "pk", "best_id")
    }
