"""Which requests may be answered by a reader of the database: not those of who has just written."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from market.core import metrics
from market.core.db import reader

GetResponse = Callable[[HttpRequest], HttpResponse]


class ReaderMiddleware:
    """A short cookie after a write says: for a while, ask the writer.

    The browser lets it go when readers have surely caught up; it carries nothing and needs no
    store, which could be away, and no common clock. To forge it is to read from the writer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not reader.has_reader():
            return self.get_response(request)
        with reader.request(is_pinned=_is_pinned(request)) as state:
            response = self.get_response(request)
        if state.has_fallen_back:
            metrics.count("database.reader_away", tags={})
        if state.has_written and _is_for_browsers(request):
            response.set_cookie(
                settings.WROTE_COOKIE_NAME,
                "1",
                max_age=settings.READER_CATCH_UP_SECONDS,
                secure=settings.SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _is_for_browsers(request: HttpRequest) -> bool:
    """Not the hosts for programs, whose views ask the writer anyway."""
    host = getattr(request, "host", None)
    return host is None or host.has_languages


def _is_pinned(request: HttpRequest) -> bool:
    return settings.WROTE_COOKIE_NAME in request.COOKIES or getattr(
        request, "is_after_purge", False
    )
