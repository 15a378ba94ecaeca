"""Which kept page a request asks for: its key, and the generations that it depends on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve

from market.core.locales import language
from market.discovery.compression import encoding_for
from market.discovery.page_cache import generations
from market.discovery.page_cache.rules import Rule, rule_of
from market.tenancy.registry import marketplace

# Goes up with each change of how a page is stored.
FORM = 1
# Addresses whose key is remembered; longer ones are worked out each time.
REMEMBERED, MOST_CHARS = 1024, 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """`match` is the view's; it is shared by all requests for the page."""

    rule: Rule
    key: str
    tags: Sequence[str]
    encoding: str
    match: ResolverMatch


class Asked(NamedTuple):
    """All of a request that a kept page may depend on. `query` is as it came, undecoded."""

    site: str
    urlconf: str | None
    language: str
    is_secure: bool  # over https a page has one header more
    path: str
    query: str
    encoding: str


def wanted_page(request: HttpRequest) -> Wanted | None:
    """None for what is never kept."""
    site = getattr(request, "marketplace", None)
    if site is None or request.method not in ("GET", "HEAD") or not settings.PAGE_CACHE_SECONDS:
        return None
    asked = Asked(
        site=site.slug,
        urlconf=request.urlconf,
        language=language(),
        is_secure=request.is_secure(),
        path=request.path_info,
        query=request.META.get("QUERY_STRING", ""),
        encoding=encoding_for(request),
    )
    if len(asked.path) + len(asked.query) > MOST_CHARS:
        return _find(asked)
    return _find_again(asked)


def _find(asked: Asked) -> Wanted | None:
    try:
        match = resolve(asked.path, asked.urlconf)
    except Resolver404:
        return None
    rule = rule_of(match)
    if rule is None:
        return None
    site = marketplace(asked.site)
    return Wanted(
        rule=rule,
        key=_key(asked, rule),
        tags=(generations.site(site.id), *rule.tags(site, match.kwargs)),
        encoding=asked.encoding,
        match=match,
    )


_find_again = lru_cache(maxsize=REMEMBERED)(_find)


def _key(asked: Asked, rule: Rule) -> str:
    """Marketplace, path (which holds the language), known parameters, encoding; and the release.

    Of a fixed length, whatever was asked for.
    """
    # As Django reads it: a WSGI server hands bytes over as characters.
    known = rule.known(QueryDict(asked.query.encode("latin-1")), marketplace(asked.site))
    said = [asked.site, asked.path, known, asked.encoding, asked.is_secure]
    digest = blake2b(json.dumps(said).encode(), digest_size=16).hexdigest()
    return f"page:{FORM}:{settings.REVISION}:{digest}"
