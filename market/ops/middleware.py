"""What surrounds every request: health checks before it, one line of log and a metric after it."""

import ipaddress
import time
from collections.abc import Callable
from typing import cast
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django_structlog.middlewares import RequestMiddleware
from django_structlog.middlewares import request as library

from market.core import error_reports, metrics
from market.core.db.spending import spent as database_spent
from market.core.ids import log_name
from market.core.redis_client import spent as cache_spent
from market.ops.selectors import readiness
from market.ops.selectors.status import status
from market.users.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """Answers /health/… before host names are validated: a load balancer asks by address."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.checks: dict[str, GetResponse] = {
            "/health/live": live,
            "/health/ready": ready,
            "/health/status": show_status,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        check = self.checks.get(request.path_info.removesuffix("/"))
        if check is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            response = HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        else:
            response = check(request)
        response.headers["Cache-Control"] = "no-store"
        return response


def live(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> HttpResponse:
    failing = readiness.failing_checks()
    return JsonResponse({"ready": not failing, "failing": failing}, status=503 if failing else 200)


def show_status(request: HttpRequest) -> HttpResponse:
    if not _may_see_status(request):
        return HttpResponse("Not found", status=404, content_type="text/plain")
    return JsonResponse(status())


def _may_see_status(request: HttpRequest) -> bool:
    """From our own networks, or with the token.

    A proxy appends the address that it saw, so a request from outside always carries an
    outside address, whatever else its headers claim.
    """
    token = request.headers.get("X-Status-Token", "")
    if settings.STATUS_TOKEN and constant_time_compare(token, settings.STATUS_TOKEN):
        return True
    forwarded = request.headers.get("X-Forwarded-For", "")
    hops = [request.META.get("REMOTE_ADDR", ""), *(forwarded.split(",") if forwarded else [])]
    return all(_is_internal(hop.strip()) for hop in hops)


def _is_internal(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_private


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's line for each request, without what must not reach a log.

    Never the query string (one-time codes travel in it), the route's pattern instead of the path
    (download tokens stand in paths), and never a look at the session: a public page asks nothing.
    The request's id goes out as X-Request-ID, so that a person's report leads to its line.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = cast("HttpResponse", super().__call__(request))  # we run synchronously
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    def prepare(self, request: HttpRequest) -> None:
        """One line a request, when it is over: the library's own has one more at its start."""
        request.started = time.monotonic()  # type: ignore[attr-defined]
        request.spent_before = (database_spent(), cache_spent())  # type: ignore[attr-defined]
        bound = {"request_id": str(uuid4())}
        if trace := request.META.get("HTTP_X_AMZN_TRACE_ID"):
            bound["trace_id"] = trace[:100]
        request.request_id = bound["request_id"]  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(**bound)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        elapsed = (time.monotonic() - request.started) * 1000  # type: ignore[attr-defined]
        host = getattr(request, "host", None)
        place = {"site": host.key if host else "none", "route": _route(request) or "none"}
        said = {
            "site": place["site"],
            "ms": round(elapsed, 1),
            "user_agent": request.META.get("HTTP_USER_AGENT"),
            **_tell_spent(request, place),
        }
        if answered := getattr(request, "answered_by", None):
            said["answered_by"] = answered
        if response.streaming or hasattr(request, "_raised_exception"):
            structlog.contextvars.bind_contextvars(**said)
            super().handle_response(request, response)
        else:
            self._log(request, response, said)
        status = f"{response.status_code // 100}xx"
        metrics.timing("request", elapsed, tags=place | {"status": status})

    def _log(self, request: HttpRequest, response: HttpResponse, said: dict[str, object]) -> None:
        """The library's line, without the signals to which nobody listens: a third of its time."""
        self.bind_user_id(request)
        library.logger.log(
            self._log_level_for_status_code(response.status_code),
            "request_finished",
            code=response.status_code,
            request=self.format_request(request),
            **said,
        )
        structlog.contextvars.clear_contextvars()

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Tell what a page did not expect; 404, and 503 without a database, are answers."""
        super()._process_exception(request, exception)
        if hasattr(request, "_raised_exception"):
            host = getattr(request, "host", None)
            error_reports.report(
                exception, route=self.format_request(request), site=host.key if host else "none"
            )

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {_route(request) or 'unresolved'}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Only of a user whom the view already asked for, by session or token; never the number."""
        user = getattr(request, "_cached_user", None) or vars(request).get("user")
        # `isinstance` would make Django's lazy user look into the session.
        if user is not None and issubclass(type(user), User):
            structlog.contextvars.bind_contextvars(user=log_name(user.pk))


def _tell_spent(request: HttpRequest, place: dict[str, str]) -> dict[str, object]:
    """What the log says of the statements and round trips that this request needed, if any."""
    database_before, cache_before = request.spent_before  # type: ignore[attr-defined]
    database = database_spent().since(database_before)
    cache = cache_spent().since(cache_before)
    said: dict[str, object] = {}
    if database.calls:
        said |= {"sql": database.calls, "db_ms": round(database.seconds * 1000, 1)}
        metrics.timing("database", database.seconds * 1000, tags=place)
    if cache.calls:
        said |= {"cache": cache.calls, "cache_ms": round(cache.seconds * 1000, 1)}
        metrics.timing("cache", cache.seconds * 1000, tags=place)
    return said


def _route(request: HttpRequest) -> str | None:
    return f"/{request.resolver_match.route}" if request.resolver_match else None
