"""The native surface, private side: own purchases, own sales, verification of a code."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from market.api import selectors
from market.api.authentication import token_owner
from market.api.base import ApiView
from market.api.codes import NO_PURCHASE, NO_SALE, purchase_code
from market.api.rest import serializers as shapes
from market.api.rest.paging import CURSOR, PAGE_SIZE, cursor_id, id_page, page_size
from market.api.schema import OWN, describe
from market.core.client import client_address
from market.purchases.models import Purchase
from market.purchases.services import downloads

CODE = OpenApiParameter(
    "code", str, OpenApiParameter.PATH, description="The purchase code, a UUID in any case."
)


class Purchases(ApiView):
    scopes = ("purchase:list",)

    @describe(
        "listPurchases",
        "Your purchases, newest first",
        tag=OWN,
        ok=shapes.PurchasePageSerializer,
        parameters=[CURSOR, PAGE_SIZE],
        refusals=[400, 401, 403],
    )
    def get(self, request: Request) -> Response:
        size = page_size(request)
        rows, cursor = id_page(
            selectors.purchases_page(
                buyer=token_owner(request), before=cursor_id(request), size=size
            ),
            size,
        )
        page = {"results": rows, "next_cursor": cursor}
        return Response(shapes.PurchasePageSerializer(page).data)


class PurchaseByCode(ApiView):
    scopes = ("purchase:verify", "purchase:history", "purchase:list")

    @describe(
        "getPurchase",
        "One of your purchases",
        tag=OWN,
        ok=shapes.PurchaseSerializer,
        parameters=[CODE],
        refusals=[401, 403, 404, 422],
    )
    def get(self, request: Request, code: str) -> Response:
        return Response(shapes.PurchaseSerializer(_own_purchase(request, code)).data)


class PurchaseDownloads(ApiView):
    scopes = ("purchase:download",)
    http_method_names = ["get", "options"]  # each call is counted and logged: HEAD would be too

    @describe(
        "listPurchaseFiles",
        "Links to the files of one of your purchases, good for minutes; 20 an item in 24 hours",
        tag=OWN,
        ok=shapes.FileListSerializer,
        parameters=[CODE],
        refusals=[401, 403, 404, 422],
    )
    def get(self, request: Request, code: str) -> Response:
        purchase = _own_purchase(request, code)
        if not purchase.is_valid:
            raise PermissionDenied("This purchase was reversed: its files are not yours any more.")
        # Django's own request: what our proxies vouch for is asked of its headers.
        address = client_address(request._request)
        links = downloads.links(purchase=purchase, address=address)
        return Response(shapes.FileListSerializer({"results": links}).data)


class Sales(ApiView):
    scopes = ("sale:history",)

    @describe(
        "listSales",
        "Your sales, newest first, without those that were reversed",
        tag=OWN,
        ok=shapes.SalePageSerializer,
        parameters=[CURSOR, PAGE_SIZE],
        refusals=[400, 401, 403],
    )
    def get(self, request: Request) -> Response:
        size = page_size(request)
        rows, cursor = id_page(
            selectors.sales_page(author=token_owner(request), before=cursor_id(request), size=size),
            size,
        )
        return Response(shapes.SalePageSerializer({"results": rows, "next_cursor": cursor}).data)


class SaleByCode(ApiView):
    scopes = ("sale:verify", "sale:history")

    @describe(
        "verifySale",
        "Verify a purchase code of one of your items",
        tag=OWN,
        ok=shapes.SaleSerializer,
        parameters=[CODE],
        refusals=[401, 403, 404, 422],
    )
    def get(self, request: Request, code: str) -> Response:
        found = selectors.sale_by_code(author=token_owner(request), code=purchase_code(code))
        if found is None:
            raise NotFound(NO_SALE)
        return Response(shapes.SaleSerializer(found).data)


def _own_purchase(request: Request, code: str) -> Purchase:
    found = selectors.purchase_by_code(buyer=token_owner(request), code=purchase_code(code))
    if found is None:
        raise NotFound(NO_PURCHASE)
    return found
