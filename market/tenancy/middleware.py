from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import set_urlconf

from market.tenancy.hosts import find_host, origin
from market.tenancy.registry import marketplaces

MISDIRECTED = 421


class HostMiddleware:
    """Binds a request to its host's marketplace and URLs; refuses (421) an unknown host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = find_host(request.headers.get("Host", request.META.get("SERVER_NAME", "")))
        if found is None:
            return misdirected()
        request.host = found  # type: ignore[attr-defined]  # HostRequest
        request.marketplace = found.marketplace  # type: ignore[attr-defined]  # MarketplaceRequest
        request.urlconf = found.urlconf
        set_urlconf(found.urlconf)  # for code that reverses before the resolver runs
        return self.get_response(request)


def misdirected() -> HttpResponse:
    """An unknown host: nothing but this page is served there."""
    context = {
        "origin": origin("account"),
        "shops": [(site.name, f"{origin(site.slug)}/") for site in marketplaces()],
    }
    return HttpResponse(render_to_string("421.html", context), status=MISDIRECTED)
