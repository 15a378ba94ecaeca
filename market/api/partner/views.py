"""The partners' surface: an existing client works with nothing changed but its base address."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from market.api import selectors
from market.api.authentication import granted_scopes
from market.api.base import ApiView, PublicView
from market.api.codes import required_code
from market.api.partner import shapes
from market.users.models import User

PERSONAL_TTL_SECONDS = 315_360_000  # a personal token never expires; clients expect this figure
NO_SALE = "No sale belonging to the current user found with that code"


class Ping(PublicView):
    @extend_schema(summary="Whether the API answers", responses={200: dict[str, str]})
    def get(self, request: Request) -> Response:
        return Response({"ping": "pong"})


class WhoAmI(ApiView):
    @extend_schema(summary="Whose token this is, and its scopes", responses={200: dict[str, object]})
    def get(self, request: Request) -> Response:
        return Response(
            {
                "clientId": None,
                "userId": request.user.pk,
                "scopes": granted_scopes(request),
                "ttl": PERSONAL_TTL_SECONDS,
            }
        )


class AuthorSale(ApiView):
    scopes = ("sale:verify", "sale:history")

    @extend_schema(
        summary="Verify a purchase code of one of your items",
        parameters=[OpenApiParameter("code", str, required=True)],
        responses={200: dict[str, object]},
    )
    def get(self, request: Request) -> Response:
        author = request.user
        assert isinstance(author, User)
        found = selectors.sale_by_code(author=author, code=required_code(request))
        if found is None:
            raise NotFound(NO_SALE)
        record = selectors.sold_record(found)
        count = selectors.purchases_of_item(buyer_id=found.buyer_id, item_id=found.item_id)
        return Response(shapes.sale(found, record, purchase_count=count))
