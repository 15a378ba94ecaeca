"""The native surface, read side of the catalogue. Public; a token only raises the limit."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from market.api import selectors
from market.api.base import PublicView
from market.api.rest import serializers as shapes
from market.api.rest.paging import page_size
from market.api.selectors import ItemRecord
from market.core.pagination import BadCursor
from market.discovery import selectors as discovery
from market.items import selectors as items
from market.items.models import Category, ItemVersion
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplace, marketplaces
from market.users import selectors as users

MARKETPLACE = OpenApiParameter("marketplace", str, description="A marketplace's slug: `graphics`.")
CURSOR = OpenApiParameter("cursor", str, description="`next_cursor` of the page before.")
PAGE_SIZE = OpenApiParameter("page_size", int, description="1 to 100, 30 unless told.")


def _marketplace(request: Request) -> Marketplace:
    slug = request.query_params.get("marketplace", "")
    try:
        return marketplace(slug)
    except KeyError as error:
        known = ", ".join(site.slug for site in marketplaces())
        raise ValidationError(f"marketplace is one of {known}.") from error


class Marketplaces(PublicView):
    @extend_schema(
        summary="The marketplaces", responses=shapes.MarketplaceSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        return Response(shapes.MarketplaceSerializer(marketplaces(), many=True).data)


class Categories(PublicView):
    @extend_schema(
        summary="A marketplace's categories, parents before their children",
        responses=shapes.CategorySerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        try:
            found = marketplace(slug)
        except KeyError as error:
            raise NotFound("There is no such marketplace.") from error
        return Response(shapes.CategorySerializer(found.all_categories(), many=True).data)


class Items(PublicView):
    @extend_schema(
        summary="Items on sale, by marketplace and category",
        parameters=[
            MARKETPLACE,
            OpenApiParameter("category", str, description="A path: `icons/line`."),
            OpenApiParameter("sort", str, description="`newest`, `best-sellers`, `price-low`, …"),
            CURSOR,
            PAGE_SIZE,
        ],
        responses=shapes.ItemSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        found = _marketplace(request)
        sort = request.query_params.get("sort", "") or "newest"
        if sort not in found.search.sorts:
            raise ValidationError(f"sort is one of {', '.join(found.search.sorts)}.")
        try:
            page = items.listing(
                site_id=found.id,
                node_id=self._node(request, found),
                sort=sort,
                cursor=request.query_params.get("cursor") or None,
                size=page_size(request),
            )
        except BadCursor as error:
            raise ValidationError("The cursor is not one that this API gave.") from error
        records = selectors.item_records([item.pk for item in page.rows])
        return Response(
            {
                "results": shapes.ItemSerializer(records, many=True).data,
                "next_cursor": page.next_cursor,
            }
        )

    def _node(self, request: Request, found: Marketplace) -> int:
        path = request.query_params.get("category", "")
        if not path:
            return 0
        node = Category.objects.filter(site_id=found.id, path=path, retired_at=None).first()
        if node is None:
            raise NotFound("There is no such category in this marketplace.")
        return node.pk


class ItemDetail(PublicView):
    @extend_schema(summary="One item", responses=shapes.ItemDetailSerializer)
    def get(self, request: Request, item_id: int) -> Response:
        return Response(shapes.ItemDetailSerializer(_record(item_id)).data)


class ItemVersions(PublicView):
    @extend_schema(
        summary="An item's approved versions, newest first",
        responses=shapes.VersionSerializer(many=True),
    )
    def get(self, request: Request, item_id: int) -> Response:
        _record(item_id)
        rows = ItemVersion.objects.filter(
            item_id=item_id, status=ItemVersion.Status.APPROVED
        ).order_by("-number")[:100]
        return Response(shapes.VersionSerializer(rows, many=True).data)


def _record(item_id: int) -> ItemRecord:
    record = selectors.item_record(item_id)
    if record is None:
        raise NotFound("There is no item with this id.")
    return record


class Author(PublicView):
    @extend_schema(summary="An author", responses=shapes.AuthorSerializer)
    def get(self, request: Request, username: str) -> Response:
        author = users.author_by_username(username)
        if author is None:
            raise NotFound("There is no author of this name.")
        return Response(shapes.AuthorSerializer(author).data)


class Search(PublicView):
    @extend_schema(
        summary="Search by words of the name",
        parameters=[MARKETPLACE, OpenApiParameter("q", str, required=True), CURSOR, PAGE_SIZE],
        responses=shapes.ItemSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        found = _marketplace(request)
        text = request.query_params.get("q", "")
        page = discovery.search(site_id=found.id, text=text, size=page_size(request))
        records = selectors.item_records([item.pk for item in page.rows])
        body: dict[str, Any] = {
            "results": shapes.ItemSerializer(records, many=True).data,
            "next_cursor": page.next_cursor,
        }
        return Response(body)
