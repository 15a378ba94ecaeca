"""What to offer while somebody types: items, categories, tags, authors."""

from collections.abc import Sequence
from dataclasses import dataclass

from market.discovery.search import engine
from market.discovery.search.interface import Query
from market.discovery.search.wording import words_for
from market.discovery.words import folded, words_of
from market.items.models import Item
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.parts import CategoryDef
from market.users.models import Profile

ITEMS, CATEGORIES, TAGS, AUTHORS = 5, 3, 4, 2
LEAST_CHARS = 2


@dataclass(frozen=True, slots=True)
class Suggestions:
    items: Sequence[Item] = ()
    categories: Sequence[CategoryDef] = ()
    tags: Sequence[str] = ()
    authors: Sequence[Profile] = ()


def suggestions(marketplace: Marketplace, text: str) -> Suggestions:
    """Best matches first. Two queries at most, none for too little text. Raises SearchAway."""
    words = words_for(marketplace, text)
    start = " ".join(words_of(text))
    if len(start) < LEAST_CHARS:
        return Suggestions()
    found = engine().search(Query(site_id=marketplace.id, words=words, size=ITEMS))
    names = engine().authors_beginning(site_id=marketplace.id, text=start, size=AUTHORS)
    return Suggestions(
        items=_items(found.ids),
        categories=_categories(marketplace, start),
        tags=engine().tags_beginning(site_id=marketplace.id, text=folded(text).strip(), size=TAGS),
        authors=_authors(names),
    )


def _items(ids: Sequence[int]) -> list[Item]:
    if not ids:
        return []
    rows = Item.objects.filter(pk__in=ids, status=Item.Status.APPROVED).only("name", "slug")
    by_id = {item.pk: item for item in rows}
    return [by_id[one] for one in ids if one in by_id]


def _categories(marketplace: Marketplace, start: str) -> list[CategoryDef]:
    """Those whose name, or a word of it, begins so."""
    found = [
        one
        for one in marketplace.all_categories()
        if f" {' '.join(words_of(one.name))}".find(f" {start}") >= 0
    ]
    return found[:CATEGORIES]


def _authors(names: Sequence[str]) -> list[Profile]:
    if not names:
        return []
    rows = Profile.objects.filter(user__username__in=names, user__is_active=True)
    by_name = {one.user.username: one for one in rows.select_related("user")}
    return [by_name[one] for one in names if one in by_name]
