"""What all views of the API share: token, scopes, limits, headers, errors."""

from typing import Any

from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from market.api.authentication import BearerAuthentication, HasScope


class ClientThrottle(SimpleRateThrottle):
    """Per token, else per address: bursts of 200, 200 a minute. Open while Redis is away."""

    scope = "client"
    rate = "200/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        ident = f"t{request.auth.pk}" if request.auth else f"a{self.get_ident(request)}"
        return f"api-limit:{ident}"

    @property
    def remaining(self) -> int:
        return max(0, self.num_requests - len(getattr(self, "history", None) or []))


class ApiView(APIView):
    """Any valid token, or none where `public`. Success is exactly 200."""

    authentication_classes = (BearerAuthentication,)
    permission_classes = (HasScope,)
    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONParser,)
    throttle_classes = (ClientThrottle,)
    scopes: tuple[str, ...] = ()
    http_method_names = ["get", "head", "options"]
    user_facing_throttle: ClientThrottle | None = None

    def get_throttles(self) -> list[Any]:
        throttles = super().get_throttles()
        self.user_facing_throttle = throttles[0]
        return throttles

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = Response(status=200)
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response["Access-Control-Allow-Methods"] = "GET, OPTIONS"
        return response

    def check_permissions(self, request: Request) -> None:
        if request.method != "OPTIONS":  # a browser's preflight carries no token
            super().check_permissions(request)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cache-Control"] = "private, no-store"
        response["Content-Type"] = "application/json; charset=utf-8"
        if self.user_facing_throttle:
            response["X-RateLimit-Total"] = str(self.user_facing_throttle.num_requests)
            response["X-RateLimit-Remaining"] = str(self.user_facing_throttle.remaining)
        return response


class PublicView(ApiView):
    """Readable without a token; with one, the token's own limit applies."""

    permission_classes = (AllowAny,)
