"""The native surface, private side: own purchases, own sales, verification of a code."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from market.api import selectors
from market.api.base import ApiView
from market.api.codes import purchase_code
from market.api.rest import serializers as shapes
from market.api.rest.catalogue import CURSOR, PAGE_SIZE
from market.api.rest.paging import cursor_id, id_page, page_size
from market.purchases.models import Purchase
from market.purchases.services import downloads
from market.users.models import User

NO_SALE = "No sale belonging to the current user found with that code"
NO_PURCHASE = "No purchase belonging to the current user found with that code"


def _user(request: Request) -> User:
    return cast(User, request.user)  # HasScope has refused requests without a token


class Purchases(ApiView):
    scopes = ("purchase:list",)

    @extend_schema(
        summary="Your purchases, newest first",
        parameters=[CURSOR, PAGE_SIZE],
        responses=shapes.PurchaseSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        size = page_size(request)
        rows = selectors.purchases_page(
            buyer=_user(request), before=cursor_id(request), size=size
        )
        kept, cursor = id_page(rows, size)
        body = shapes.PurchaseSerializer(kept, many=True).data
        return Response({"results": body, "next_cursor": cursor})


class PurchaseByCode(ApiView):
    scopes = ("purchase:verify", "purchase:list")

    @extend_schema(summary="One of your purchases", responses=shapes.PurchaseSerializer)
    def get(self, request: Request, code: str) -> Response:
        return Response(shapes.PurchaseSerializer(_own_purchase(request, code)).data)


class PurchaseDownloads(ApiView):
    scopes = ("purchase:download",)

    @extend_schema(
        summary="Links to the files of one of your purchases, good for minutes",
        responses={200: dict[str, object]},
    )
    def get(self, request: Request, code: str) -> Response:
        purchase = _own_purchase(request, code)
        links = downloads.links(purchase=purchase, address=request.META.get("REMOTE_ADDR", ""))
        return Response({"files": links})


class Sales(ApiView):
    scopes = ("sale:history",)

    @extend_schema(
        summary="Your sales, newest first",
        parameters=[CURSOR, PAGE_SIZE],
        responses=shapes.SaleSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        size = page_size(request)
        rows = selectors.sales_page(author=_user(request), before=cursor_id(request), size=size)
        kept, cursor = id_page(rows, size)
        body = shapes.SaleSerializer(kept, many=True).data
        return Response({"results": body, "next_cursor": cursor})


class SaleByCode(ApiView):
    scopes = ("sale:verify", "sale:history")

    @extend_schema(
        summary="Verify a purchase code of one of your items", responses=shapes.SaleSerializer
    )
    def get(self, request: Request, code: str) -> Response:
        found = selectors.sale_by_code(author=_user(request), code=purchase_code(code))
        if found is None:
            raise NotFound(NO_SALE)
        return Response(shapes.SaleSerializer(found).data)


def _own_purchase(request: Request, code: str) -> Purchase:
    found = selectors.purchase_by_code(buyer=_user(request), code=purchase_code(code))
    if found is None:
        raise NotFound(NO_PURCHASE)
    return found
