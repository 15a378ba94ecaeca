"""Search by the words of names: the first form, by index look-ups alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from market.core.pagination import Page
from market.discovery.models import SearchWord
from market.discovery.selectors.categories import Branch, branches, whole_tree
from market.discovery.selectors.lists import FIRST, WHOLE_SITE, Place, listing, page_of
from market.discovery.words import search_words
from market.items.models import Category, Item, ItemListing
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.tenancy.definitions.parts import CategoryDef

# More matches than this are not ranked: a search that common needs another word.
MATCHES = 1000
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`total` is a lower bound when `is_cut`. `category` is where it looked; None: everywhere."""

    words: Sequence[str]
    category: CategoryDef | None
    tree: Sequence[Branch]
    total: int
    is_cut: bool
    items: Page[Item]


def search(
    marketplace: Marketplace,
    *,
    text: str,
    sort: Sort,
    path: str = "",
    place: Place = FIRST,
    size: int = 0,
) -> SearchPage:
    """Items on sale of which each word of `text` begins a word of the name.

    Without words: all items; with an unknown `path`: everywhere. `size` 0 is the site's own page
    size. Raises BadCursor. Four queries; five inside a category.
    """
    words = search_words(text)
    size = size or marketplace.search.page_size
    if not text.strip():
        return _everything(marketplace, sort, place, size)
    category = marketplace.category(path)
    opened = category.top if category else ""
    node_id = _node(marketplace, category) if category else WHOLE_SITE
    rows = ItemListing.objects.filter(site_id=marketplace.id, node_id=node_id)
    ids = list(_matches(marketplace.id, words)[: MATCHES + 1]) if words else []
    rows = rows.filter(item_id__in=ids[:MATCHES])
    return SearchPage(
        words=words,
        category=category,
        tree=branches(
            marketplace.categories, {one.path: None for one in marketplace.all_categories()}, opened
        ),
        total=rows.count() if ids else 0,
        is_cut=len(ids) > MATCHES,
        items=page_of(rows, sort=sort, place=place, size=size),
    )


def _everything(marketplace: Marketplace, sort: Sort, place: Place, size: int) -> SearchPage:
    tree, total = whole_tree(marketplace)
    rows = ItemListing.objects.filter(site_id=marketplace.id, node_id=WHOLE_SITE)
    return SearchPage(
        words=(),
        category=None,
        tree=tree,
        total=total,
        is_cut=False,
        items=page_of(rows, sort=sort, place=place, size=size),
    )


def popular_items(marketplace: Marketplace, *, size: int = 8) -> Sequence[Item]:
    """What sells best, for a page that found nothing. Two queries."""
    return listing(
        site_id=marketplace.id, node_id=WHOLE_SITE, sort=Sort.BEST_SELLERS, size=size
    ).rows


def _node(marketplace: Marketplace, category: CategoryDef) -> int:
    """The row of a category; -1, which has no items, for one that is not mirrored yet."""
    rows = Category.objects.filter(
        site_id=marketplace.id, path=category.path, retired_at=None
    ).values_list("pk", flat=True)
    return next(iter(rows), -1)


def _matches(site_id: int, words: Sequence[str]) -> QuerySet[SearchWord, int]:
    """Ids of matching items. The longest word is probably the rarest: it leads."""
    first, *others = sorted(words, key=len, reverse=True)
    found = _begins(SearchWord.objects.filter(site_id=site_id), first)
    for word in others:
        same_item = SearchWord.objects.filter(item_id=OuterRef("item_id"), site_id=site_id)
        found = found.filter(Exists(_begins(same_item, word)))
    return found.order_by().values_list("item_id", flat=True).distinct()


def _begins(rows: QuerySet[SearchWord], word: str) -> QuerySet[SearchWord]:
    """A range of the index, exact on every engine; LIKE would depend on the collation."""
    return rows.filter(word__gte=word, word__lt=word + _LAST_CHARACTER)
