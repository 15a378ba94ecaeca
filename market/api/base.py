"""What all views of the API share: token, scopes, limits, headers, errors."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from market.api.authentication import BearerAuthentication, HasScope
from market.api.errors import add_headers


class ClientThrottle(SimpleRateThrottle):
    """Per token, else per address. Open while Redis is away: slower is worse than generous."""

    scope = "client"
    num_requests: int
    history: list[float] = []

    def get_cache_key(self, request: Request, view: APIView) -> str:
        ident = f"t{request.auth.pk}" if request.auth else f"a{self.get_ident(request)}"
        return f"api-limit:{ident}"

    @property
    def remaining(self) -> int:
        return max(0, self.num_requests - len(self.history))


class Utf8JSONRenderer(JSONRenderer):
    charset = "utf-8"


class AlwaysJSON(BaseContentNegotiation):
    """Clients send all kinds of Accept headers; they get JSON, never 406."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type or ""


class ApiView(APIView):
    """Any valid token with one of `scopes`. Success is exactly 200, of GET and HEAD alone."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (BearerAuthentication,)
    permission_classes: Sequence[type[BasePermission]] = (HasScope,)
    renderer_classes = (Utf8JSONRenderer,)
    parser_classes = (JSONParser,)
    content_negotiation_class = AlwaysJSON
    throttle_classes = (ClientThrottle,)
    scopes: tuple[str, ...] = ()
    http_method_names = ["get", "head", "options"]
    throttle: ClientThrottle | None = None

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttle = ClientThrottle()
        return [self.throttle]

    def perform_authentication(self, request: Request) -> None:
        """A token that is refused counts too: against the address that guesses."""
        try:
            super().perform_authentication(request)
        except APIException:
            self.check_throttles(request)
            raise

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method != "OPTIONS":  # a browser's preflight carries no token
            super().initial(request, *args, **kwargs)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """A browser's preflight: any page may send a token of its own."""
        response = Response(status=200)
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Max-Age"] = "86400"
        return response

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        add_headers(response)
        if self.throttle:
            response["X-RateLimit-Total"] = str(self.throttle.num_requests)
            response["X-RateLimit-Remaining"] = str(self.throttle.remaining)
        return response


class PublicView(ApiView):
    """Readable without a token; with one, the token's own limit applies."""

    permission_classes = (AllowAny,)
