"""What the search page shows: ids and counts from the engine, the items' rows from the database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from market.core.pagination import Page
from market.discovery.search import engine
from market.discovery.search.interface import (
    Counted,
    Counts,
    Filters,
    Parts,
    Query,
    Result,
    Word,
)
from market.discovery.search.wording import loosened, words_for
from market.discovery.selectors.categories import Branch, branches, whole_tree
from market.discovery.selectors.lists import (
    FIRST,
    ORDERS,
    WHOLE_SITE,
    Place,
    cards,
    default_sort,
    listing,
)
from market.items.models import Item
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.tenancy.definitions.parts import CategoryDef

# An item's number, as its author knows it; its address, on whichever marketplace.
_NUMBER = re.compile(r"#?([0-9]{1,18})", re.ASCII)
_ADDRESS = re.compile(r"(?:^|/)items/[^/\s]+/([0-9]{1,18})/?(?:[?#].*)?$", re.ASCII)
NO_FILTERS = Filters()
NOTHING_COUNTED = Counted()
NO_COUNTS = Counts()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`is_loose` where nothing was found as typed, and this comes near.

    `category` is where it looked; None: everywhere. `parts` say why items are where they are. Of
    very many, `is_about`: the total is an estimate.
    """

    words: Sequence[str]
    category: CategoryDef | None
    tree: Sequence[Branch]
    total: int
    items: Page[Item]
    is_loose: bool = False
    is_about: bool = False
    parts: Mapping[int, Parts] = field(default_factory=dict)
    counts: Counts = NO_COUNTS


def search(
    marketplace: Marketplace,
    *,
    text: str,
    sort: Sort,
    filters: Filters = NO_FILTERS,
    counted: Counted = NOTHING_COUNTED,
    place: Place = FIRST,
    size: int = 0,
) -> SearchPage:
    """Items on sale that match every word of `text` and the filters.

    Without both: all items, from the lists. `size` 0 is the site's own page size. One query;
    without words and filters four. Raises BadCursor, and SearchAway while there is no index.
    """
    size = size or marketplace.search.page_size
    if not text.strip() and filters == NO_FILTERS:
        return _everything(marketplace, sort, place, size)
    words = words_for(marketplace, text)
    category = marketplace.category(filters.category)
    query = Query(
        site_id=marketplace.id,
        words=words,
        filters=filters,
        sort=sort,
        place=place,
        size=size,
        counted=counted,
    )
    # Signs alone, such as “%”, are nothing that could be found.
    is_empty = bool(text.strip()) and not words
    found, is_loose = (Result(ids=(), total=0), False) if is_empty else _found(query, words)
    return SearchPage(
        words=[word.text for word in words],
        category=category,
        tree=_tree(marketplace, category, found.counts),
        total=found.total,
        items=Page(cards(found.ids), found.next_cursor, found.previous_cursor),
        is_loose=is_loose,
        is_about=found.is_about,
        parts=found.parts,
        counts=found.counts,
    )


def _found(query: Query, words: Sequence[Word]) -> tuple[Result, bool]:
    """As typed; and where nothing is called so, what comes near."""
    result = engine().search(query)
    if result.total or not words:
        return result, False
    loose = replace(query, words=loosened(words))
    near = engine().search(loose)
    return near, bool(near.total)


def _tree(
    marketplace: Marketplace, category: CategoryDef | None, counts: Counts
) -> Sequence[Branch]:
    known: dict[str, int | None] = {
        one.path: counts.categories.get(one.path, 0) if counts.categories else None
        for one in marketplace.all_categories()
    }
    return branches(marketplace.categories, known, category.top if category else "")


def _everything(marketplace: Marketplace, sort: Sort, place: Place, size: int) -> SearchPage:
    tree, total = whole_tree(marketplace)
    listed = sort if sort in ORDERS else default_sort(marketplace)
    return SearchPage(
        words=(),
        category=None,
        tree=tree,
        total=total,
        items=listing(
            site_id=marketplace.id, node_id=WHOLE_SITE, sort=listed, place=place, size=size
        ),
    )


def item_by_text(text: str) -> Item | None:
    """The public item whose number this is, or whose address. One query, none for other words."""
    found = _NUMBER.fullmatch(text) or _ADDRESS.search(text)
    if found is None:
        return None
    item = Item.objects.filter(pk=int(found[1])).first()
    return item if item is not None and item.is_public else None


def popular_items(marketplace: Marketplace, *, size: int = 8) -> Sequence[Item]:
    """What sells best, for a page that found nothing. Two queries."""
    return listing(
        site_id=marketplace.id, node_id=WHOLE_SITE, sort=Sort.BEST_SELLERS, size=size
    ).rows
