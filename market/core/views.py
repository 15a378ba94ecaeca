"""What answers when nothing else does: designed pages with a way on and a request id."""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from market.core.failures import failure_page


@never_cache
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or was not ours."""
    return render(request, "403_csrf.html", status=403)


@never_cache
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@never_cache
def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@never_cache
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that is not there, in the host's own colours and with a way on."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return failure_page(request, "500.html", status=500)


@never_cache
def too_many(request: HttpRequest, *, wait_seconds: int) -> HttpResponse:
    """Tried more often than is allowed; says when the next try counts again."""
    context = {"wait_seconds": wait_seconds, "wait_minutes": math.ceil(wait_seconds / 60)}
    response = render(request, "429.html", context, status=429)
    response.headers["Retry-After"] = str(wait_seconds)
    return response
