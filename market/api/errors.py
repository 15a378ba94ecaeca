"""One error shape for the whole host.

Partners' clients read different keys, so each body has `error` and `description`; 401 and 403
also `error_description`, 5xx also `message`.
"""

import math
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from market.core.errors import Refused
from market.discovery.search.interface import SearchAway
from market.purchases.errors import DownloadLimit

WORDS = {401: "unauthorized", 403: "access_denied"}
RETRY_AFTER_SECONDS = 5
NO_ADDRESS = "No such address. The reference lists all of them."
logger = structlog.get_logger(__name__)


def error_body(status: int, description: str) -> dict[str, Any]:
    body: dict[str, Any] = {"error": WORDS.get(status, status), "description": description}
    if status in WORDS:
        body["error_description"] = description
    if status >= 500:
        body["message"] = description
    return body


def add_headers(response: HttpResponseBase) -> None:
    """Browser extensions call directly; nothing is kept on the way."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = (
        "Retry-After, X-RateLimit-Remaining, X-RateLimit-Total, X-Request-Id"
    )
    response["Cache-Control"] = "private, no-store"


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler: refusals are 422, all else in the same shape."""
    if isinstance(error, DownloadLimit):
        wait = max(1, math.ceil((error.reset_at - timezone.now()).total_seconds()))
        return Response(error_body(429, str(error)), status=429, headers={"Retry-After": str(wait)})
    if isinstance(error, Refused):
        return Response(error_body(422, str(error)), status=422)
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("database_unavailable", error=str(error), exc_info=error)
        return _away("The database is away for a moment. Try again.")
    if isinstance(error, SearchAway):
        return _away("Search is away for a moment. Try again.")
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = error_body(response.status_code, _sentence(error))
    if response.status_code == 429:
        response.headers.setdefault("Retry-After", "60")
    return response


def _away(description: str) -> Response:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Response(error_body(503, description), status=503, headers=headers)


def _sentence(error: Exception) -> str:
    if isinstance(error, Http404):
        return str(error) or NO_ADDRESS
    if isinstance(error, exceptions.ValidationError):
        return _flatten(error.detail)
    return str(getattr(error, "detail", error))


def _flatten(detail: Any) -> str:
    if isinstance(detail, dict):
        return " ".join(f"{key}: {_flatten(value)}" for key, value in detail.items())
    if isinstance(detail, list):
        return " ".join(_flatten(value) for value in detail)
    return str(detail)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    return plain(400, "This request cannot be read.")


def denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    return plain(403, "This is not for you.")


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    return plain(404, NO_ADDRESS)


def server_error(request: HttpRequest) -> JsonResponse:
    return plain(500, "Something broke on our side. Try again later.")


def plain(status: int, description: str) -> JsonResponse:
    """An error that no view of REST framework answers."""
    response = JsonResponse(
        error_body(status, description),
        status=status,
        content_type="application/json; charset=utf-8",
    )
    add_headers(response)
    return response
