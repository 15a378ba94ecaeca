"""However many ask at once, one renders."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from market.discovery.middleware import PageCacheMiddleware
from market.discovery.page_cache.store import store
from market.discovery.public import CACHE_CONTROL
from market.tenancy import hosts
from tests.discovery.page_cache.conftest import make_due, wanted

VISITORS = 50
RENDER_SECONDS = 0.4  # longer than a busy machine takes to let everybody ask


class Site:
    """What stands behind the cache: counts how often it is asked, and takes a while."""

    def __init__(self) -> None:
        self.renders = 0
        self.lock = threading.Lock()
        self.cached = PageCacheMiddleware(self.render)

    def render(self, request) -> HttpResponse:
        with self.lock:
            self.renders += 1
            number = self.renders
        time.sleep(RENDER_SECONDS)
        return HttpResponse(f"page {number}", headers={"Cache-Control": CACHE_CONTROL})

    def visit(self, start: threading.Barrier | None = None) -> str:
        request = RequestFactory().get("/")
        request.host = hosts.host("graphics")
        request.marketplace, request.urlconf = request.host.marketplace, request.host.urlconf
        if start:
            start.wait()
        return self.cached(request).content.decode()

    def crowd(self) -> list[str]:
        start = threading.Barrier(VISITORS)
        with ThreadPoolExecutor(VISITORS) as pool:
            visits = [pool.submit(self.visit, start) for _ in range(VISITORS)]
            return [visit.result() for visit in visits]


def test_a_crowd_at_a_page_that_is_due_makes_one_render():
    site = Site()
    site.visit()
    make_due("/")

    shown = site.crowd()

    assert site.renders == 2
    assert set(shown) <= {"page 1", "page 2"}
    assert shown.count("page 1") > VISITORS / 2  # they did not wait for the new one


def test_a_crowd_at_a_page_that_nobody_has_waits_for_one_render():
    site = Site()

    shown = site.crowd()

    assert site.renders == 1
    assert set(shown) == {"page 1"}


def test_who_was_killed_while_rendering_holds_nobody_up_for_long():
    site = Site()
    assert store.claim(wanted("/").key)  # and never came back

    started = time.monotonic()
    assert site.visit() == "page 1"

    assert time.monotonic() - started < 2


@pytest.mark.usefixtures("redis_away")
def test_without_redis_a_crowd_is_served():
    site = Site()

    assert len(site.crowd()) == VISITORS
    assert site.renders == VISITORS
