"""The partners' surface: an existing client works with nothing changed but its base address."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from market.api import selectors
from market.api.authentication import granted_scopes, token_owner
from market.api.base import ApiView, PublicView
from market.api.codes import NO_SALE, required_code
from market.api.partner import shapes
from market.api.partner.sales import author_sale
from market.api.schema import CLIENTS, describe

PERSONAL_TTL_SECONDS = 315_360_000  # a personal token never expires; clients expect this figure


class Ping(PublicView):
    """Health pages of clients look only at the status: a bad token does not matter here."""

    authentication_classes = ()

    @describe("ping", "Whether the API answers", tag=CLIENTS, ok=shapes.Ping)
    def get(self, request: Request) -> Response:
        answer: shapes.Ping = {"ping": "pong"}
        return Response(answer)


class WhoAmI(ApiView):
    @describe(
        "whoami",
        "Whose token this is, and its scopes",
        tag=CLIENTS,
        ok=shapes.WhoAmI,
        refusals=[401, 403],
    )
    def get(self, request: Request) -> Response:
        answer: shapes.WhoAmI = {
            "clientId": None,
            "userId": token_owner(request).pk,
            "scopes": granted_scopes(request),
            "ttl": PERSONAL_TTL_SECONDS,
        }
        return Response(answer)


class AuthorSale(ApiView):
    scopes = ("sale:verify", "sale:history")

    @describe(
        "authorSale",
        "Verify a purchase code of one of your items",
        tag=CLIENTS,
        text="A refunded or reversed sale is not found: it verifies nothing any more.",
        ok=shapes.AuthorSaleV3,
        parameters=[
            OpenApiParameter(
                "code", str, required=True, description="The purchase code, a UUID in any case."
            )
        ],
        refusals=[400, 401, 403, 404, 422],
    )
    def get(self, request: Request) -> Response:
        code = required_code(request)
        found = selectors.sale_by_code(author=token_owner(request), code=code)
        if found is None:
            raise NotFound(NO_SALE)
        record = selectors.sold_record(found)
        count = selectors.purchases_of_item(buyer_id=found.buyer_id, item_id=found.item_id)
        return Response(author_sale(found, record, purchase_count=count))
