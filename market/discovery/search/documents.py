"""Items as an index holds them, read from the database in a bounded number of queries.

An index of millions is built by this: plain values instead of rows' objects, and what many items
share (categories, attributes' definitions, tags, options) is made into words once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet

from market.discovery.search.colours import name_of
from market.discovery.search.interface import Document
from market.discovery.selectors.lists import WHOLE_SITE
from market.discovery.words import WORD_CHARS, folded, words_of
from market.items.models import Category, Item, ItemListing, LicencePrice
from market.tenancy.definitions import AttributeDef, Marketplace
from market.tenancy.definitions.enums import AttributeFacet, AttributeType
from market.tenancy.registry import marketplaces_in
from market.users.models import User

# Groups of values beside a marketplace's attributes, whose keys they must not be.
LICENCE, ON_SALE, SUPPORTED = "licence", "on_sale", "supported"
YES = "yes"
# How attributes that people choose from are drawn; ranges are numbers, and the rest is words.
CHOSEN = {AttributeFacet.CHECKBOX, AttributeFacet.TOGGLE, AttributeFacet.SWATCH}
NUMBERS = {AttributeType.INT, AttributeType.DECIMAL, AttributeType.DURATION}
# Texts of which the words are kept: all options, and the tags that are met most.
TEXTS_KEPT = 50_000


class Row(NamedTuple):
    """What is read of an item; the last three are None without a detail."""

    item_id: int
    site_id: int
    author_id: int
    category_id: int
    name: str
    summary: str
    tags: list[str] | None
    attributes: Mapping[str, Any] | None
    has_support: bool | None


class Columns(NamedTuple):
    """What is read of an item's row in the list of its whole marketplace."""

    price_cents: int
    sales: int
    rating: int
    trending: int
    published_at: datetime
    updated_at: datetime


READ = (
    "pk", "site_id", "author_id", "category_id", "name", "summary",
    "detail__tags", "detail__attributes", "detail__has_support",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """What documents of some items hold of other tables, by item, author and category."""

    columns: Mapping[int, Columns]
    licences: Mapping[int, Sequence[str]]
    authors: Mapping[int, tuple[str, str | None]]
    paths: Mapping[int, str]


def documents_of(item_ids: Collection[int]) -> list[Document]:
    """Those of these items that are on sale now, by id. Five queries, whatever their number."""
    return _documents(_on_sale().filter(pk__in=item_ids), Q(item_id__in=item_ids))


def documents_between(first: int, last: int) -> list[Document]:
    """Those on sale with ids of this range, both included. Five queries of ranges of keys."""
    items = _on_sale().filter(pk__gte=first, pk__lte=last)
    return _documents(items, Q(item_id__gte=first, item_id__lte=last))


# Each table by itself: joined, the database may begin with all authors and sort what it finds.
def _documents(items: QuerySet[Item], same: Q) -> list[Document]:
    rows = [Row(*values) for values in items.values_list(*READ)]
    beside = Beside(
        columns=_columns(same),
        licences=_licences(same),
        authors=_authors({row.author_id for row in rows}),
        paths=_paths({row.category_id for row in rows}),
    )
    return [_document(row, beside) for row in rows if row.item_id in beside.columns]


def _on_sale() -> QuerySet[Item]:
    return Item.objects.filter(status=Item.Status.APPROVED).order_by("pk")


def _columns(same: Q) -> Mapping[int, Columns]:
    rows = ItemListing.objects.filter(same, node_id=WHOLE_SITE)
    values = rows.values_list("item_id", *Columns._fields)
    return {item_id: Columns(*found) for item_id, *found in values}


def _licences(same: Q) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    prices = LicencePrice.objects.filter(same, current=1).order_by("item_id", "licence_code")
    for item_id, code in prices.values_list("item_id", "licence_code"):
        found[item_id].append(code)
    return found


def _authors(ids: Collection[int]) -> Mapping[int, tuple[str, str | None]]:
    """User names and displayed names."""
    rows = User.objects.filter(pk__in=ids).values_list("pk", "username", "profile__display_name")
    return {user_id: (username, shown) for user_id, username, shown in rows}


def _paths(ids: Collection[int]) -> Mapping[int, str]:
    return dict(Category.objects.filter(pk__in=ids).values_list("pk", "path"))


def _document(row: Row, beside: Beside) -> Document:
    shelf = _shelf(row.site_id, beside.paths[row.category_id])
    columns = columns_of(beside.columns[row.item_id])
    username, display_name = beside.authors[row.author_id]
    given = [
        (shelf.known[key], value)
        for key, value in (row.attributes or {}).items()
        if key in shelf.known
    ]
    tags = row.tags or []
    values = {one.key: one.values(value) for one, value in given if one.is_chosen}
    values[LICENCE] = list(beside.licences.get(row.item_id, ()))
    values |= {ON_SALE: [YES]} if columns["price"] == 0 else {}
    values |= {SUPPORTED: [YES]} if row.has_support else {}
    said = (one.words(value) for one, value in given if one.is_said)
    return Document(
        id=row.item_id,
        site_id=row.site_id,
        name=words_of(row.name),
        tag_words=_each_once(map(_words, tags)),
        author=username,
        author_words=words_of(f"{username} {display_name or ''}"),
        summary=_each_once([words_of(row.summary), shelf.words, *said]),
        categories=shelf.categories,
        tags=folded_tags(tags),
        values=values,
        columns=columns,
        numbers={one.key: float(Decimal(str(value))) for one, value in given if one.is_number},
    )


def _each_once(parts: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(word for part in parts for word in part))


@lru_cache(maxsize=TEXTS_KEPT)
def _words(text: str) -> tuple[str, ...]:
    return tuple(words_of(text))


def folded_tags(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_folded_tag, tags)))


@lru_cache(maxsize=TEXTS_KEPT)
def _folded_tag(tag: str) -> str:
    return folded(tag).strip()[:WORD_CHARS]


def columns_of(row: Columns | ItemListing) -> dict[str, int]:
    """What lists are sorted by, see `interface.COLUMNS`."""
    return {
        "price": row.price_cents,
        "sales": row.sales,
        "rating": row.rating,
        "trending": row.trending,
        "published": int(row.published_at.timestamp()),
        "updated": int(row.updated_at.timestamp()),
    }


@dataclass(frozen=True, slots=True)
class Known:
    """An attribute, by what an index does with its values."""

    key: str
    is_chosen: bool  # from values
    is_number: bool
    is_said: bool  # in words
    text: Callable[[object], str]

    def values(self, value: object) -> list[str]:
        if not isinstance(value, list):
            return [self.text(value)]
        return list(dict.fromkeys(map(self.text, value)))

    def words(self, value: object) -> tuple[str, ...]:
        """Not of a colour's name: as it stands."""
        return _words(" ".join(map(str, value)) if isinstance(value, list) else str(value))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the items of a category share."""

    categories: Sequence[str]  # its path and those above it
    words: Sequence[str]  # their names in all languages
    known: Mapping[str, Known]


@cache
def _shelf(site_id: int, path: str) -> Shelf:
    sites = _in_all_languages(site_id)
    categories = _with_parents(path)
    names = [one.name for site in sites for step in categories if (one := site.category(step))]
    return Shelf(
        categories=categories,
        words=words_of(" ".join(names)),
        known={one.key: _known(one) for one in sites[0].attributes_for(categories[0])},
    )


def _in_all_languages(site_id: int) -> list[Marketplace]:
    """A marketplace in each language, the source first."""
    return [
        next(site for site in marketplaces_in(code) if site.id == site_id)
        for code, _name in settings.LANGUAGES
    ]


def _with_parents(path: str) -> list[str]:
    top = path.split("/", 1)[0]
    return [top] if top == path else [top, path]


def _known(definition: AttributeDef) -> Known:
    is_colour = definition.type is AttributeType.COLOUR
    return Known(
        key=definition.key,
        is_chosen=definition.facet in CHOSEN,
        # A range may also be of what is no number, such as a version.
        is_number=definition.facet is AttributeFacet.RANGE and definition.type in NUMBERS,
        is_said=bool(definition.options),
        text=_colour if is_colour else _text,
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return YES if value else "no"
    return str(value)


def _colour(value: object) -> str:
    text = _text(value)
    return name_of(text) if text[:1] == "#" else text
