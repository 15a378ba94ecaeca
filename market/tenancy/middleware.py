from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import set_urlconf
from django.utils import translation

from market.core.failures import failure_page
from market.core.locales import SOURCE_LANGUAGE
from market.tenancy.hosts import Host, find_host, host, origin
from market.tenancy.languages import language_of, plain_path
from market.tenancy.registry import marketplaces

MISDIRECTED = 421


class HostMiddleware:
    """Binds a request to its host's marketplace and URLs, and to the language of its path.

    Refuses (421) an unknown host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Not `request.headers`: to make it takes longer than to answer a kept page from memory.
        meta = request.META
        found = find_host(meta.get("HTTP_HOST", meta.get("SERVER_NAME", "")))
        if found is None:
            return misdirected(request)
        if found.has_languages and request.path_info.startswith(f"/{SOURCE_LANGUAGE}/"):
            return _without_prefix(request)
        code = language_of(request.path_info) if found.has_languages else SOURCE_LANGUAGE
        with translation.override(code):
            _bind(request, host(found.key))
            return self.get_response(request)


def _bind(request: HttpRequest, found: Host) -> None:
    request.host = found  # type: ignore[attr-defined]  # HostRequest
    request.marketplace = found.marketplace  # type: ignore[attr-defined]  # MarketplaceRequest
    request.urlconf = found.urlconf
    set_urlconf(found.urlconf)  # for code that reverses before the resolver runs


def _without_prefix(request: HttpRequest) -> HttpResponse:
    """One address a page: English has no prefix. What was posted is not sent on."""
    query = request.META.get("QUERY_STRING", "")
    address = quote(plain_path(request.path_info)) + (f"?{query}" if query else "")
    return HttpResponsePermanentRedirect(address)


def misdirected(request: HttpRequest) -> HttpResponse:
    """An unknown host: nothing but this page is served there."""
    return failure_page(
        request,
        "421.html",
        status=MISDIRECTED,
        origin=origin("account"),
        shops=[(site.name, f"{origin(site.slug)}/") for site in marketplaces()],
    )
