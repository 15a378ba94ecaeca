"""Answers public pages from the page cache, before session, database or template is touched.

It stands behind the host names, which hold for kept pages too, and before everything that belongs
to one person; so a page is kept with its headers of protection. A closed shop shows none.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe

from market.core import metrics
from market.discovery.page_cache import generations
from market.discovery.page_cache.entries import Entry, entry_of
from market.discovery.page_cache.memory import memory
from market.discovery.page_cache.store import Found, StoreAway, store
from market.discovery.page_cache.wanted import Wanted, wanted_page
from market.discovery.public import CACHE_CONTROL
from market.discovery.viewed import is_opened, viewed
from market.ops.maintenance import closed_minutes

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Who asks for a page that another renders for the first time waits for it, but not for long.
WAIT_SECONDS, PAUSE_SECONDS = 0.5, 0.02
_ASKS_FOR_A_PART = (
    "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE",
)  # fmt: skip


class PageCacheMiddleware:
    """Memory, then Redis, then the view; a stale page to all but the one who refills it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wanted = wanted_page(request)
        if wanted is None or closed_minutes() is not None:
            return self.get_response(request)
        request.resolver_match = wanted.match  # the log's name for the page
        entry = memory.get(wanted.key, is_store_away=store.is_away)
        if entry is not None:
            return _answer(request, entry, "memory")
        try:
            found = store.read(wanted.key, wanted.tags)
        except StoreAway:
            return self._render(request, wanted, "away")
        if found.entry is not None and found.is_valid and found.entry.is_fresh:
            memory.put(wanted.key, found.entry)
            return _answer(request, found.entry, "hit")
        return self._refill(request, wanted, found)

    def _refill(self, request: HttpRequest, wanted: Wanted, found: Found) -> HttpResponseBase:
        """One renders; the others get what there is, or wait a moment for what comes."""
        _mind_the_reader(request, found)
        stale = found.entry if found.is_valid else None
        if request.method == "HEAD":
            return _answer(request, stale, "stale") if stale else self.get_response(request)
        try:
            if not store.claim(wanted.key):
                shown = stale or _wait(wanted)
                if shown is None:
                    return self._render(request, wanted, "miss")
                return _answer(request, shown, "stale")
            found = store.read(wanted.key, wanted.tags)  # who had the claim before us is done
        except StoreAway:
            return self._render(request, wanted, "away")
        try:
            if found.entry is not None and found.is_valid and found.entry.is_fresh:
                return _answer(request, found.entry, "hit")
            return self._render(request, wanted, "miss", found=found, instead=stale)
        finally:
            _release(wanted)

    def _render(
        self,
        request: HttpRequest,
        wanted: Wanted,
        result: str,
        *,
        found: Found | None = None,
        instead: Entry | None = None,
    ) -> HttpResponseBase:
        """The whole page, whatever the client has of it. `instead` is shown if that fails."""
        with _unconditional(request):
            response = self.get_response(request)
        if response.status_code >= 500 and instead is not None:
            return _answer(request, instead, "stale")
        _count(request, result)
        if not _may_be_kept(response, wanted):
            return response
        page = cast("HttpResponse", response)
        if found is not None:
            _keep(wanted, found, page)
        return _conditional(request, page)


class ViewCountMiddleware:
    """Counts the pages of items that people open, kept ones too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or match.view_name != "discovery:item" or not settings.VIEW_COUNT_SECONDS:
            return response
        if is_opened(request, response):
            viewed.note(int(match.kwargs["item_id"]))
        return response


def _mind_the_reader(request: HttpRequest, found: Found) -> None:
    """A reader of the database may not have heard yet of the change that a purge was for."""
    elapsed = time.time() - generations.last_purged_at(found.values)
    # Read by market.ops.readers.
    request.is_after_purge = elapsed < settings.READER_CATCH_UP_SECONDS  # type: ignore[attr-defined]


def _wait(wanted: Wanted) -> Entry | None:
    """The page that somebody else is rendering, if it comes soon. A round trip every 20 ms."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
        found = store.read(wanted.key, wanted.tags)
        if found.is_valid:
            return found.entry
    return None


def _keep(wanted: Wanted, found: Found, response: HttpResponse) -> None:
    seconds = wanted.rule.fresh_seconds
    try:
        values = store.open_generations(wanted.tags, found.values)
        if values is None:
            return
        entry = entry_of(response, values=values, fresh_seconds=seconds)
        store.write(wanted.key, entry, fresh_seconds=seconds)
    except StoreAway:
        return  # noted by the store; the page was rendered and is shown
    memory.put(wanted.key, entry)


def _release(wanted: Wanted) -> None:
    try:
        store.release(wanted.key)
    except StoreAway:
        return  # it ends by itself


def _may_be_kept(response: HttpResponseBase, wanted: Wanted) -> bool:
    """Only what went through `public_page`, whole, in the encoding that the key says."""
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and response.get("Cache-Control") == CACHE_CONTROL
        and not response.cookies
        and response.get("Content-Encoding", "") in ("", wanted.encoding)
    )


@contextmanager
def _unconditional(request: HttpRequest) -> Iterator[None]:
    """Let the view answer with the whole page; what the client has is looked at afterwards."""
    asked = {name: request.META.pop(name) for name in _ASKS_FOR_A_PART if name in request.META}
    request.__dict__.pop("headers", None)  # kept by Django, and made of META
    try:
        yield
    finally:
        request.META.update(asked)
        request.__dict__.pop("headers", None)


def _answer(request: HttpRequest, entry: Entry, result: str) -> HttpResponseBase:
    _count(request, result)
    return _conditional(request, entry.to_response())


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    if not any(name in request.META for name in _ASKS_FOR_A_PART):
        return response
    answer = get_conditional_response(
        request,
        etag=response.get("ETag"),
        last_modified=parse_http_date_safe(response.get("Last-Modified", "")),
        response=response,
    )
    return answer or response


def _count(request: HttpRequest, result: str) -> None:
    request.answered_by = f"page_cache.{result}"  # type: ignore[attr-defined]  # for the log
    host = request.host.key  # type: ignore[attr-defined]  # HostRequest
    metrics.count("page_cache", tags={"result": result, "site": host})
