"""One error shape for the whole host.

Partners' clients read different keys, so each body has `error` and `description`; 401 and 403
also `error_description`, 5xx also `message`.
"""

from typing import Any

import structlog
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from market.core.errors import Refused

WORDS = {401: "unauthorized", 403: "access_denied"}
logger = structlog.get_logger(__name__)


def error_body(status: int, description: str) -> dict[str, Any]:
    body: dict[str, Any] = {"error": WORDS.get(status, status), "description": description}
    if status in WORDS:
        body["error_description"] = description
    if status >= 500:
        body["message"] = description
    return body


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler: refusals are 422, all else in the same shape."""
    if isinstance(error, Refused):
        return Response(error_body(422, str(error)), status=422)
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = error_body(response.status_code, _sentence(error))
    return response


def _sentence(error: Exception) -> str:
    if isinstance(error, Http404):
        return str(error) or "Nothing is here."
    if isinstance(error, exceptions.ValidationError):
        return _flatten(error.detail)
    detail = getattr(error, "detail", None)
    return str(detail or error)


def _flatten(detail: Any) -> str:
    if isinstance(detail, dict):
        return " ".join(f"{key}: {_flatten(value)}" for key, value in detail.items())
    if isinstance(detail, list):
        return " ".join(_flatten(value) for value in detail)
    return str(detail)


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    return _plain(404, "No such address. The reference lists all of them.")


def server_error(request: HttpRequest) -> JsonResponse:
    return _plain(500, "Something broke on our side. Try again later.")


def _plain(status: int, description: str) -> JsonResponse:
    response = JsonResponse(error_body(status, description), status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store"
    return response
