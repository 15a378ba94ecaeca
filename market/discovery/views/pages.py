"""About, help, terms and their like: words with the site's own nouns and figures."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from market.discovery.info import INFO_PAGES, info_page
from market.discovery.page_cache.rules import kept, nothing_more
from market.discovery.public import public_page
from market.discovery.reach.heads import plain_head
from market.discovery.selectors.site_terms import site_terms
from market.tenancy.http import MarketplaceRequest


@kept(tags=nothing_more)
@public_page
def page(request: MarketplaceRequest, slug: str) -> HttpResponse:
    found = info_page(slug)
    if found is None:
        raise Http404
    marketplace = request.marketplace
    context = {
        "info": found,
        "head": plain_head(marketplace, "discovery:page", slug=slug),
        "info_pages": INFO_PAGES,
        "terms": site_terms(marketplace),
        # Short names for sentences; translated with the marketplace.
        "site_name": marketplace.name,
        "noun": marketplace.item_noun,
        "nouns": marketplace.item_noun_plural,
    }
    return render(request, found.template, context)
