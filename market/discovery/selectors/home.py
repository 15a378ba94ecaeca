"""What a marketplace's home page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.discovery.selectors.lists import WHOLE_SITE, Node, cards, id_page, totals
from market.discovery.selectors.window import Window, plan_window
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
    title: str | Promise
    sort: Sort
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Home:
    """`stage` is what sells best: the items that the top of the page is drawn with.

    `window` is what staff have put there for a time.
    """

    stage: Sequence[Item]
    tiles: Sequence[Tile]
    shelves: Sequence[Shelf]
    total: int
    window: Window


STAGE = 4
SHELVES = (
    (Sort.BEST_SELLERS, _("Selling well")),
    (Sort.NEWEST, _("New on the shelf")),
    (Sort.BEST_RATED, _("Best rated")),
    (Sort.TRENDING, _("Trending now")),
)
# Items a shelf has; with few items on sale it is short, so that something is left for the next.
LONG, SHORT, SHORTEST = 8, 4, 3
MANY = STAGE + LONG * len(SHELVES)


def home(marketplace: Marketplace) -> Home:
    """Eight queries, however many items there are; nine where an author is featured."""
    found = _found(marketplace)
    window = plan_window(marketplace)
    stage_ids = found[Sort.BEST_SELLERS][:STAGE]
    shelf_ids = _without_repeats(found, stage_ids=stage_ids, window_ids=window.card_ids)
    tops = _tops(marketplace)
    wanted = dict.fromkeys(stage_ids)
    wanted.update(dict.fromkeys(one for ids in shelf_ids.values() for one in ids))
    wanted.update(dict.fromkeys(best for _node, best in tops.values() if best))
    wanted.update(dict.fromkeys(window.item_ids))
    drawn = {item.pk: item for item in cards(list(wanted))}
    counts = totals(
        site_id=marketplace.id, node_ids=[WHOLE_SITE, *(node for node, _best in tops.values())]
    )
    return Home(
        stage=[drawn[one] for one in stage_ids if one in drawn],
        tiles=[
            Tile(top, counts[tops[top.path][0]], drawn.get(tops[top.path][1] or 0))
            for top in marketplace.categories
            if top.path in tops
        ],
        shelves=[
            Shelf(title, sort, [drawn[one] for one in shelf_ids[sort] if one in drawn])
            for sort, title in SHELVES
            if sort in shelf_ids
        ],
        total=counts[WHOLE_SITE],
        window=window.dress(drawn),
    )


def _found(marketplace: Marketplace) -> dict[Sort, Sequence[int]]:
    """What each shelf may choose from. What trends is told only if something else sells best."""
    found: dict[Sort, Sequence[int]] = {}
    for sort, _title in SHELVES:
        node = Node(marketplace.id, WHOLE_SITE, is_trending=sort is Sort.TRENDING)
        found[sort] = id_page(node, sort=sort, size=MANY)[0]
    if set(found[Sort.TRENDING][:SHORT]) == set(found[Sort.BEST_SELLERS][:SHORT]):
        del found[Sort.TRENDING]
    return found


def _without_repeats(
    found: Mapping[Sort, Sequence[int]],
    *,
    stage_ids: Sequence[int],
    window_ids: Sequence[int],
) -> dict[Sort, Sequence[int]]:
    """The items of each shelf, without those of another shelf or of the window.

    What the stage shows may stand on one shelf, on the first only if little else is left. A shelf
    that is all but empty then is left out.
    """
    best = found[Sort.BEST_SELLERS]
    if len(best) < STAGE + SHORTEST:
        return {Sort.BEST_SELLERS: best} if best else {}
    size = LONG if len(best) >= MANY else SHORT
    taken = set(window_ids)
    shelves: dict[Sort, Sequence[int]] = {}
    for sort, ids in found.items():
        free = [one for one in ids if one not in taken]
        unseen = free if shelves else [one for one in free if one not in stage_ids]
        chosen = (unseen if len(unseen) >= SHORTEST else free)[:size]
        if len(chosen) >= SHORTEST:
            shelves[sort] = chosen
            taken.update(chosen)
    return shelves


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
