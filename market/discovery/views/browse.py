"""Home, categories, search."""

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from market.core.pagination import BadCursor
from market.discovery.facets.chosen import counted_for, filters_of, parameters
from market.discovery.facets.shown import offered_facets, shown_facets, shown_tags
from market.discovery.page_cache.rules import LIST_PARAMS, kept, nothing_more, of_category, of_home
from market.discovery.public import public_page
from market.discovery.reach.heads import category_head, home_head, search_head
from market.discovery.search.interface import SearchAway
from market.discovery.selectors.categories import category_page
from market.discovery.selectors.home import home as home_page
from market.discovery.selectors.item import address_of
from market.discovery.selectors.lists import Place
from market.discovery.selectors.search import item_by_text, popular_items
from market.discovery.selectors.search import search as find
from market.discovery.views.listing import Asked, asked, list_context
from market.tenancy.http import MarketplaceRequest
from market.tenancy.registry import marketplace_by_id

RETRY_SECONDS = 30


@kept(tags=of_home)
@public_page
def home(request: MarketplaceRequest) -> HttpResponse:
    context = {"home": home_page(request.marketplace), "head": home_head(request.marketplace)}
    return render(request, "discovery/home.html", context)


@kept(params=LIST_PARAMS, tags=of_category)
@public_page
def category(request: MarketplaceRequest, path: str) -> HttpResponse:
    wanted = asked(request, category=path)
    try:
        page = category_page(request.marketplace, path=path, sort=wanted.sort, place=wanted.place)
    except BadCursor:
        return HttpResponseRedirect(request.path)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "total": page.total,
        "head": category_head(
            page, request.marketplace, page.items.rows, is_first=wanted.place.is_first
        ),
        "current_top": page.top.path,
        "current_category": page.category.path,
        "facets": offered_facets(request.marketplace, top=page.top.path),
        "filter_category": page.category.path,
        **list_context(request, wanted, page.items, page.category),
    }
    return render(request, "discovery/category.html", context)


@kept(
    params=("q", "category", *LIST_PARAMS),
    tags=nothing_more,
    at_most_seconds=60,
    repeats=parameters,
)
@public_page
def search(request: MarketplaceRequest) -> HttpResponse:
    wanted = asked(request)
    here, site = wanted.here, request.marketplace
    if here.category and not here.is_search:
        return HttpResponseRedirect(str(here))
    if meant := _item_meant(request, wanted):
        return HttpResponseRedirect(meant)
    try:
        page = find(
            site,
            text=here.words,
            sort=wanted.sort,
            filters=filters_of(site, here.selection, here.category),
            counted=counted_for(site),
            place=wanted.place,
        )
    except BadCursor:
        return HttpResponseRedirect(str(replace(here, place=Place())))
    except SearchAway:
        return _search_away(request, wanted)
    context = {
        "page": page,
        "total": page.total,
        "current_category": page.category.path if page.category else "",
        **list_context(request, wanted, page.items, page.category),
        "head": search_head(site, words=here.words, is_first=here.place.is_first),
        "why": [(item, page.parts[item.pk]) for item in page.items.rows if item.pk in page.parts],
    }
    if here.is_search:
        context["facets"] = shown_facets(site, here.selection, page.counts)
        context["tags"] = shown_tags(here.selection, page.counts)
        context["filter_category"] = here.category
    else:
        context["facets"] = offered_facets(site)
    if not page.items.rows and wanted.place.is_first:
        context["popular"] = popular_items(site)
    return render(request, "discovery/search.html", context)


def _item_meant(request: MarketplaceRequest, wanted: Asked) -> str:
    """The page of the item whose number or address was typed; empty where it was words."""
    here = wanted.here
    if here.selection or here.category or not here.place.is_first:
        return ""
    item = item_by_text(here.words)
    return address_of(item, marketplace_by_id(item.site_id)) if item else ""


def _search_away(request: MarketplaceRequest, wanted: Asked) -> HttpResponse:
    """Browsing goes on; the load balancer may ask another host."""
    context = {
        "words": wanted.here.words,
        "popular": popular_items(request.marketplace),
        "head": search_head(request.marketplace, words=wanted.here.words, is_first=True),
    }
    response = render(request, "discovery/search_away.html", context, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
