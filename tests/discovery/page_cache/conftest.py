import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import caches
from django.test import RequestFactory
from pytest_django import Settings

from market.discovery.page_cache.entries import Entry
from market.discovery.page_cache.memory import memory
from market.discovery.page_cache.store import store
from market.discovery.page_cache.wanted import Wanted, wanted_page
from market.tenancy.registry import marketplace


@pytest.fixture(autouse=True)
def _page_cache(settings: Settings) -> Iterator[None]:
    """Pages are kept, and each process asks Redis every time."""
    settings.PAGE_CACHE_SECONDS = 300
    settings.PAGE_CACHE_MEMORY_SECONDS = 0
    forget()
    yield
    forget()


@contextmanager
def without_redis(settings: Settings) -> Iterator[None]:
    """Nobody listens where Redis should be; afterwards it is as it was before."""
    there = settings.CACHES
    away = {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.2},
    }
    settings.CACHES = there | {"pages": away}
    try:
        yield
    finally:
        settings.CACHES = there
        store.ask_again()


@pytest.fixture
def redis_away(settings: Settings) -> Iterator[None]:
    with without_redis(settings):
        yield


def forget() -> None:
    """As in a new process, at an empty Redis."""
    caches["pages"].clear()
    memory.clear()
    store.ask_again()


def wanted(address: str) -> Wanted:
    """How the middleware names a page of the marketplace graphics, uncompressed."""
    request = RequestFactory().get(address)
    request.marketplace = marketplace("graphics")
    request.urlconf = "market.urls.marketplace"
    page = wanted_page(request)
    assert page is not None
    return page


def kept_entry(address: str) -> Entry | None:
    page = wanted(address)
    return store.read(page.key, page.tags).entry


def make_due(address: str) -> None:
    """As if the page's fresh time were over."""
    entry = kept_entry(address)
    assert entry is not None
    store.write(wanted(address).key, dataclasses.replace(entry, fresh_until=0), fresh_seconds=300)
    memory.clear()
