"""Home, categories, search, licences."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from market.core.pagination import BadCursor
from market.core.text import clean_line
from market.discovery.public import public_page
from market.discovery.selectors.categories import category_page
from market.discovery.selectors.home import home as home_page
from market.discovery.selectors.lists import chosen_sort, sorts_for
from market.discovery.selectors.search import search as find
from market.discovery.terms import licence_points
from market.discovery.words import MAX_CHARS
from market.tenancy.http import MarketplaceRequest


@public_page
def home(request: MarketplaceRequest) -> HttpResponse:
    return render(request, "discovery/home.html", {"home": home_page(request.marketplace)})


@public_page
def category(request: MarketplaceRequest, path: str) -> HttpResponse:
    sort = chosen_sort(request.marketplace, request.GET.get("sort", ""))
    cursor = request.GET.get("after", "")
    try:
        page = category_page(request.marketplace, path=path, sort=sort, cursor=cursor)
    except BadCursor:
        return HttpResponseRedirect(request.path)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "sort": sort,
        "sorts": sorts_for(request.marketplace),
        "is_first": not cursor,
        "current_top": page.top.path,
    }
    return render(request, "discovery/category.html", context)


@public_page
def search(request: MarketplaceRequest) -> HttpResponse:
    words = clean_line(request.GET.get("q", "")[:MAX_CHARS])
    sort = chosen_sort(request.marketplace, request.GET.get("sort", ""))
    cursor = request.GET.get("after", "")
    try:
        page = find(request.marketplace, text=words, sort=sort, cursor=cursor)
    except BadCursor:
        return HttpResponseRedirect(request.path)
    context = {
        "page": page,
        "words": words,
        "sort": sort,
        "sorts": sorts_for(request.marketplace),
        "is_first": not cursor,
    }
    return render(request, "discovery/search.html", context)


@public_page
def licences(request: MarketplaceRequest) -> HttpResponse:
    offered = [(terms, licence_points(terms)) for terms in request.marketplace.licences]
    return render(request, "discovery/licences.html", {"licences": offered})
