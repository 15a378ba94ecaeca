"""Lists of items: ids from a covering index by keyset, then the cards by primary key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import cast

from django.db.models import DateTimeField, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.core.db.statements import Given, Statement, padded
from market.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from market.items.models import Item, ItemListing, NodeStats
from market.items.selectors.promotions import with_free
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort

_STATS = ("stats__sales", "stats__rating_sum", "stats__rating_count")
# How many ids a statement takes: each is built once.
_PLACES = (4, 8, 16, 32, 64)
WHOLE_SITE = 0  # the node that holds all of a site's items


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in its list: behind a cursor, or before one; else it is the first."""

    after: str = ""
    before: str = ""

    @property
    def is_first(self) -> bool:
        return not (self.after or self.before)


FIRST = Place()


@dataclass(frozen=True, slots=True)
class Node:
    """What a list is of: a category, an author, the WHOLE_SITE; or what of it trends."""

    site_id: int
    node_id: int
    is_trending: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: one column of ItemListing, and the item's id where that is equal."""

    column: str
    kind: type
    rises: bool = False
    label: str | Promise = ""


ORDERS: Mapping[Sort, Order] = {
    Sort.BEST_SELLERS: Order("sales", int, label=_("Best sellers")),
    Sort.NEWEST: Order("published_at", str, label=_("Newest")),
    Sort.BEST_RATED: Order("rating", int, label=_("Best rated")),
    Sort.TRENDING: Order("trending", int, label=_("Trending")),
    Sort.RECENTLY_UPDATED: Order("updated_at", str, label=_("Recently updated")),
    Sort.PRICE_LOW: Order("price_cents", int, rises=True, label=_("Price, low to high")),
    Sort.PRICE_HIGH: Order("price_cents", int, label=_("Price, high to low")),
}


def sorts_for(marketplace: Marketplace) -> list[tuple[str, str | Promise]]:
    """What a list of this site can be sorted by: value and label, the default first."""
    default = default_sort(marketplace)
    offered = [sort for sort in marketplace.search.sorts if sort in ORDERS and sort != default]
    return [(sort.value, ORDERS[sort].label) for sort in (default, *offered)]


def default_sort(marketplace: Marketplace) -> Sort:
    """Without a relevance to sort by, what sells best matches best."""
    wanted = marketplace.search.default_sort
    return wanted if wanted in ORDERS else Sort.BEST_SELLERS


def chosen_sort(marketplace: Marketplace, value: str) -> Sort:
    """The sort that an address names; the site's default for anything it does not offer."""
    offered = {sort.value: sort for sort in marketplace.search.sorts if sort in ORDERS}
    return offered.get(value, default_sort(marketplace))


def search_sorts(marketplace: Marketplace) -> list[tuple[str, str | Promise]]:
    """What a search can be sorted by: value and label, the default first."""
    default = marketplace.search.default_sort
    others = [sort for sort in marketplace.search.sorts if sort != default]
    return [(sort.value, _search_label(sort)) for sort in (default, *others)]


def chosen_search_sort(marketplace: Marketplace, value: str) -> Sort:
    """As `chosen_sort`, with the best match among them."""
    offered = {sort.value: sort for sort in marketplace.search.sorts}
    return offered.get(value, marketplace.search.default_sort)


def _search_label(sort: Sort) -> str | Promise:
    return ORDERS[sort].label if sort in ORDERS else _("Best match")


def listing(
    *, site_id: int, node_id: int, sort: Sort, place: Place = FIRST, size: int = 30
) -> Page[Item]:
    """A page of the items on sale in a node. Raises BadCursor. Two queries, or one when empty."""
    found = _keyset(Node(site_id, node_id), ORDERS[sort], place, size)
    return Page(
        rows=cards([item_id for _value, item_id in found.rows]),
        next_cursor=found.next_cursor,
        previous_cursor=found.previous_cursor,
    )


def id_page(
    node: Node, *, sort: Sort, place: Place = FIRST, size: int = 30
) -> tuple[list[int], str | None]:
    """Item ids of one keyset page, and the next page's cursor. Raises BadCursor."""
    found = _keyset(node, ORDERS[sort], place, size)
    return [item_id for _value, item_id in found.rows], found.next_cursor


Key = tuple[int | datetime, int]  # sort value, item id


def _keyset(node: Node, order: Order, place: Place, size: int) -> Page[Key]:
    is_backwards = bool(place.before)
    rises = order.rises is not is_backwards
    cursor = place.before or place.after
    bound, item_id = _bound(order, cursor) if cursor else (None, None)
    statement = _keys_statement(
        order.column, rises, is_beyond=bool(cursor), is_trending=node.is_trending, size=size + 1
    )
    found = statement.rows(site=node.site_id, node=node.node_id, bound=bound, item=item_id)
    has_more, shown = len(found) > size, found[:size]
    if not is_backwards:
        return Page(
            rows=shown,
            next_cursor=_cursor(shown[-1]) if has_more else None,
            previous_cursor=_cursor(shown[0]) if shown and place.after else None,
        )
    if not has_more and len(shown) < size:
        # Less than a page lies before: what is new meanwhile moved it. This is the first page.
        return _keyset(node, order, FIRST, size)
    shown.reverse()
    return Page(
        rows=shown,
        next_cursor=_cursor(shown[-1]),
        previous_cursor=_cursor(shown[0]) if has_more else None,
    )


def _cursor(key: Key) -> str:
    value, item_id = key
    return encode_cursor(value.isoformat() if isinstance(value, datetime) else value, item_id)


@cache
def _keys_statement(
    column: str, rises: bool, *, is_beyond: bool, is_trending: bool, size: int
) -> Statement[Key]:
    """The next (sort value, item id) of a node, behind a place if one is given."""
    return Statement(lambda: _keys(column, rises, is_beyond, is_trending, size))


def _keys(
    column: str, rises: bool, is_beyond: bool, is_trending: bool, size: int
) -> QuerySet[ItemListing, Key]:
    rows = ItemListing.objects.filter(site_id=Given("site"), node_id=Given("node"))
    if is_trending:
        rows = rows.filter(trending__gt=0)
    if is_beyond:
        rows = rows.filter(_beyond(column, rises))
    sign = "" if rises else "-"
    ordered = rows.order_by(f"{sign}{column}", f"{sign}item_id")
    return ordered.values_list(column, "item_id")[:size]


def _beyond(column: str, rises: bool) -> Q:
    """The rows behind a cursor, for a list that is read upwards or downwards."""
    bound = Given("bound", DateTimeField() if column.endswith("_at") else None)
    way = "gt" if rises else "lt"
    # The first condition alone bounds the index range; the pair decides inside it.
    return Q(**{f"{column}__{way}e": bound}) & (
        Q(**{f"{column}__{way}": bound}) | Q(**{f"item_id__{way}": Given("item")})
    )


def _bound(order: Order, cursor: str) -> Key:
    """Where a cursor stands."""
    value, item_id = decode_cursor(cursor, order.kind, int)
    bound: str | int | datetime = value
    if order.kind is str:
        try:
            bound = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise BadCursor(cursor) from error
        if bound.tzinfo is None:
            raise BadCursor(cursor)
    # Numbers that no column can hold are no position either; SQLite would raise OverflowError.
    if any(isinstance(number, int) and abs(number) >= 2**62 for number in (bound, item_id)):
        raise BadCursor(cursor)
    return cast("Key", (bound, item_id))


def cards(ids: Sequence[int]) -> list[Item]:
    """Items with what a card shows, in the order of `ids`. One query, none without ids."""
    if not ids:
        return []
    places = _places(ids)
    given = padded("item", ids, places)
    by_id = {item.pk: item for item in _cards_statement(places).rows(now=timezone.now(), **given)}
    return [by_id[item_id] for item_id in ids if item_id in by_id]


@cache
def _cards_statement(places: int) -> Statement[Item]:
    return Statement(lambda: _card_rows(places))


def _card_rows(places: int) -> QuerySet[Item]:
    rows = Item.objects.filter(pk__in=Given.several("item", places), status=Item.Status.APPROVED)
    return (
        with_free(rows, Given("now", DateTimeField()))
        .select_related("stats")
        .only("site_id", "slug", "name", "summary", "card", "status", *_STATS)
    )


def totals(*, site_id: int, node_ids: Iterable[int]) -> dict[int, int]:
    """How many items are on sale in each node; kept, not counted."""
    wanted = list(node_ids)
    if not wanted:
        return {}
    places = _places(wanted)
    found = _totals_statement(places).rows(site=site_id, **padded("node", wanted, places))
    kept = dict(found)
    return {node_id: kept.get(node_id, 0) for node_id in wanted}


@cache
def _totals_statement(places: int) -> Statement[tuple[int, int]]:
    return Statement(lambda: _total_rows(places))


def _total_rows(places: int) -> QuerySet[NodeStats, tuple[int, int]]:
    rows = NodeStats.objects.filter(
        site_id=Given("site"), node_id__in=Given.several("node", places)
    )
    return rows.values_list("node_id", "items")


def _places(values: Sequence[object]) -> int:
    """How many the statement takes that is run for these."""
    return next((places for places in _PLACES if places >= len(values)), len(values))
