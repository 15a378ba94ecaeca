"""Search by the words of names: the first form, by index look-ups alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from market.core.pagination import Page
from market.discovery.models import SearchWord
from market.discovery.selectors.lists import WHOLE_SITE, page_of, totals
from market.discovery.words import search_words
from market.items.models import Item, ItemListing
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort

# More matches than this are not ranked: a search that common needs another word.
MATCHES = 1000
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`total` is a lower bound when `is_cut`."""

    words: Sequence[str]
    total: int
    is_cut: bool
    items: Page[Item]


def search(
    marketplace: Marketplace, *, text: str, sort: Sort, cursor: str = "", size: int = 0
) -> SearchPage:
    """Items on sale of which each word of `text` begins a word of the name.

    Without words: all items. `size` 0 is the site's own page size. Raises BadCursor. Four queries.
    """
    words = search_words(text)
    rows = ItemListing.objects.filter(site_id=marketplace.id, node_id=WHOLE_SITE)
    is_cut = False
    if words:
        ids = list(_matches(marketplace.id, words)[: MATCHES + 1])
        is_cut = len(ids) > MATCHES
        rows = rows.filter(item_id__in=ids[:MATCHES])
        total = rows.count() if ids else 0
    elif text.strip():  # only signs: nothing to look for
        rows, total = rows.none(), 0
    else:
        total = totals(site_id=marketplace.id, node_ids=[WHOLE_SITE])[WHOLE_SITE]
    page = page_of(rows, sort=sort, cursor=cursor, size=size or marketplace.search.page_size)
    return SearchPage(words=words, total=total, is_cut=is_cut, items=page)


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
