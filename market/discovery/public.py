"""The contract of a public page: the same bytes for everybody, so that anything may keep them."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.http import parse_http_date_safe
from django.views.decorators.http import require_safe

from market.core.db.reader import reads_only
from market.discovery.compression import compress
from market.discovery.errors import PublicPageLeak
from market.tenancy.http import MarketplaceRequest

P = ParamSpec("P")

CACHE_CONTROL = "public, max-age=0, s-maxage=30, stale-while-revalidate=60"


def public_page(
    view: Callable[Concatenate[MarketplaceRequest, P], HttpResponse],
) -> Callable[Concatenate[MarketplaceRequest, P], HttpResponseBase]:
    """Lets caches keep a page that is rendered as for nobody, and answers 304 to who has it.

    It is read from a reader of the database, if there is one.

    Raises PublicPageLeak when the view looked at the person or made a token or a cookie.
    """

    @wraps(view)
    def wrapped(
        request: MarketplaceRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        # Who comes with a broken cookie would be given a new token, on a page that anyone keeps.
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
        response = view(request, *args, **kwargs)
        _refuse_leak(request, response)
        response["Cache-Control"] = CACHE_CONTROL
        if response.status_code != 200:
            return response
        set_response_etag(response)
        changed_at = parse_http_date_safe(response.get("Last-Modified", ""))
        answer = get_conditional_response(
            request, etag=response["ETag"], last_modified=changed_at, response=response
        )
        if answer is None or answer is response:
            compress(request, response)
        return answer or response

    return require_safe(reads_only(wrapped))


def _refuse_leak(request: HttpRequest, response: HttpResponse) -> None:
    looked = {
        "the session": request.session.accessed or request.session.modified,
        "a form token": "CSRF_COOKIE" in request.META
        and request.META.get("CSRF_COOKIE_NEEDS_UPDATE"),
        "a cookie": bool(response.cookies),
        "Vary: Cookie": "cookie" in response.get("Vary", "").lower(),
    }
    found = [name for name, is_there in looked.items() if is_there]
    if found:
        raise PublicPageLeak(f"{request.path} uses {', '.join(found)}")
