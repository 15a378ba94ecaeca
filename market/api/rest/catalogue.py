"""The native surface, read side of the catalogue. Public; a token only raises the limit."""

from collections.abc import Sequence

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from market.api import selectors
from market.api.base import PublicView
from market.api.rest import serializers as shapes
from market.api.rest.paging import BAD_CURSOR, CURSOR, PAGE_SIZE, page_size
from market.api.schema import CATALOGUE, describe
from market.api.selectors import ItemRecord
from market.core.pagination import BadCursor
from market.discovery.selectors.lists import ORDERS, WHOLE_SITE, Place, sorts_for
from market.discovery.selectors.search import search
from market.purchases.selectors.offers import offers_of
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.tenancy.registry import marketplace, marketplaces
from market.users import selectors as users

MARKETPLACE = OpenApiParameter(
    "marketplace",
    str,
    required=True,
    enum=[site.slug for site in marketplaces()],
    description="A marketplace's slug.",
)
ITEM_ID = OpenApiParameter("item_id", int, OpenApiParameter.PATH)


def _marketplace(request: Request) -> Marketplace:
    slug = request.query_params.get("marketplace", "")
    try:
        return marketplace(slug)
    except KeyError as error:
        known = ", ".join(site.slug for site in marketplaces())
        raise ValidationError(f"marketplace is one of {known}.") from error


def _sort(request: Request, site: Marketplace) -> Sort:
    value = request.query_params.get("sort", "") or Sort.NEWEST.value
    offered = [name for name, _ in sorts_for(site)]
    if value not in offered:
        raise ValidationError(f"sort is one of {', '.join(offered)}.")
    return Sort(value)


def _item_page(item_ids: Sequence[int], next_cursor: str | None) -> Response:
    page = {"results": selectors.item_records(item_ids), "next_cursor": next_cursor}
    return Response(shapes.ItemPageSerializer(page).data)


def _record(item_id: int) -> ItemRecord:
    record = selectors.item_record(item_id)
    if record is None:
        raise NotFound("There is no item with this id.")
    return record


class Marketplaces(PublicView):
    @describe(
        "listMarketplaces", "The marketplaces", tag=CATALOGUE, ok=shapes.MarketplaceListSerializer
    )
    def get(self, request: Request) -> Response:
        return Response(shapes.MarketplaceListSerializer({"results": marketplaces()}).data)


class Categories(PublicView):
    @describe(
        "listCategories",
        "A marketplace's categories, parents before their children",
        tag=CATALOGUE,
        ok=shapes.CategoryListSerializer,
        refusals=[404],
    )
    def get(self, request: Request, slug: str) -> Response:
        try:
            found = marketplace(slug)
        except KeyError as error:
            raise NotFound("There is no such marketplace.") from error
        categories = {"results": list(found.all_categories())}
        return Response(shapes.CategoryListSerializer(categories).data)


class Items(PublicView):
    @describe(
        "listItems",
        "Items on sale, by marketplace and category",
        tag=CATALOGUE,
        ok=shapes.ItemPageSerializer,
        parameters=[
            MARKETPLACE,
            OpenApiParameter("category", str, description="A category's path: `icons/line`."),
            OpenApiParameter("sort", str, enum=[sort.value for sort in ORDERS], default="newest"),
            CURSOR,
            PAGE_SIZE,
        ],
        refusals=[400, 404],
    )
    def get(self, request: Request) -> Response:
        site = _marketplace(request)
        try:
            item_ids, next_cursor = selectors.listed_ids(
                site_id=site.id,
                node_id=self._node_id(request, site),
                sort=_sort(request, site),
                cursor=request.query_params.get("cursor", ""),
                size=page_size(request),
            )
        except BadCursor as error:
            raise ValidationError(BAD_CURSOR) from error
        return _item_page(item_ids, next_cursor)

    def _node_id(self, request: Request, site: Marketplace) -> int:
        path = request.query_params.get("category", "").strip("/")
        if not path:
            return WHOLE_SITE
        node_id = selectors.category_id(site=site, path=path)
        if node_id is None:
            raise NotFound("There is no such category in this marketplace.")
        return node_id


class ItemDetail(PublicView):
    @describe(
        "getItem",
        "One item",
        tag=CATALOGUE,
        ok=shapes.ItemDetailSerializer,
        parameters=[ITEM_ID],
        refusals=[404],
    )
    def get(self, request: Request, item_id: int) -> Response:
        record = _record(item_id)
        offers = offers_of([item_id]).of_item(item_id)
        return Response(shapes.ItemDetailSerializer(record, context={"offers": offers}).data)


class ItemVersions(PublicView):
    @describe(
        "listItemVersions",
        "An item's approved versions, newest first, at most 100",
        tag=CATALOGUE,
        ok=shapes.VersionListSerializer,
        parameters=[ITEM_ID],
        refusals=[404],
    )
    def get(self, request: Request, item_id: int) -> Response:
        _record(item_id)
        versions = {"results": selectors.versions(item_id)}
        return Response(shapes.VersionListSerializer(versions).data)


class Author(PublicView):
    @describe("getAuthor", "An author", tag=CATALOGUE, ok=shapes.AuthorSerializer, refusals=[404])
    def get(self, request: Request, username: str) -> Response:
        author = users.author_by_username(username)
        if author is None or not author.is_active:
            raise NotFound("There is no author of this name.")
        return Response(shapes.AuthorSerializer(author).data)


class Search(PublicView):
    @describe(
        "searchItems",
        "Items on sale that match each word (name, tags, author, summary), best sellers first",
        tag=CATALOGUE,
        ok=shapes.ItemPageSerializer,
        parameters=[
            MARKETPLACE,
            OpenApiParameter("q", str, required=True, description="Words, at most 200 characters."),
            CURSOR,
            PAGE_SIZE,
        ],
        refusals=[400, 503],
    )
    def get(self, request: Request) -> Response:
        site = _marketplace(request)
        text = request.query_params.get("q", "").strip()
        if not 1 <= len(text) <= 200:
            raise ValidationError("q is 1 to 200 characters.")
        try:
            found = search(
                site,
                text=text,
                sort=Sort.BEST_SELLERS,
                place=Place(after=request.query_params.get("cursor", "")),
                size=page_size(request),
            )
        except BadCursor as error:
            raise ValidationError(BAD_CURSOR) from error
        return _item_page([item.pk for item in found.items.rows], found.items.next_cursor)
