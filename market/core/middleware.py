"""What a person sees when a dependency is away: a page and a time to come back, never a trace."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from market.core.errors import Refused
from market.core.failures import failure_page

RETRY_AFTER_SECONDS = 5
logger = structlog.get_logger(__name__)


class FailureMiddleware:
    """A database that is away becomes 503 with Retry-After; a refusal nobody caught, 422."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            logger.error("database_unavailable", error=str(error), exc_info=error)
            again = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            return failure_page(request, "503.html", status=503, headers=again)
        if isinstance(error, Refused):
            return render(request, "refused.html", {"refusal": error}, status=422)
        return None
