"""The shop is closed: 503 with Retry-After for everybody, before a session or a query is touched.

Switched by a setting, or at once by a file that each host looks for at each request (1 to 2 µs).
"""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from market.core.failures import failure_page

DEFAULT_MINUTES, MAX_MINUTES = 10, 24 * 60


class MaintenanceMiddleware:
    """Stands behind the health checks, the host names and the static files, which all go on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        minutes = closed_minutes()
        if minutes is None:
            return self.get_response(request)
        again = {"Retry-After": str(minutes * 60)}
        host = getattr(request, "host", None)
        if host is not None and host.key == "api":
            return _problem(again)
        return failure_page(request, "maintenance.html", status=503, headers=again, minutes=minutes)


def closed_minutes() -> int | None:
    """How long the shop is still closed, as far as is known; None while it is open."""
    try:
        said = Path(settings.MAINTENANCE_FILE).read_text(encoding="utf-8")[:20].strip()
    except FileNotFoundError:
        return DEFAULT_MINUTES if settings.MAINTENANCE else None
    except (OSError, UnicodeDecodeError):  # it is there: whoever made it means it
        return DEFAULT_MINUTES
    is_number = said.isascii() and said.isdigit()
    return min(max(int(said), 1), MAX_MINUTES) if is_number else DEFAULT_MINUTES


def _problem(headers: dict[str, str]) -> JsonResponse:
    """RFC 9457, and the keys that partners' clients read in all our errors."""
    sentence = _("The shop is closed for maintenance. Try again later.")
    body = {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": sentence,
        "error": 503,
        "description": sentence,
        "message": sentence,
    }
    headers = {**headers, "Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
    return JsonResponse(body, status=503, headers=headers, content_type="application/problem+json")
