"""Licences compared, each in its own words, and the adviser."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from market.discovery.advice import QUESTION_KEYS, interview
from market.discovery.page_cache.rules import kept, nothing_more
from market.discovery.public import public_page
from market.discovery.reach.heads import plain_head
from market.discovery.selectors.licences import licence_families, licence_text, typical_offers
from market.items.content.licence_text import clauses
from market.tenancy.http import MarketplaceRequest


@kept(tags=nothing_more)
@public_page
def licences(request: MarketplaceRequest) -> HttpResponse:
    context = {
        "families": licence_families(request.marketplace),
        "head": plain_head(request.marketplace, "discovery:licences"),
    }
    return render(request, "discovery/licences.html", context)


@kept(params=("for", *QUESTION_KEYS), tags=nothing_more)
@public_page
def licence_adviser(request: MarketplaceRequest) -> HttpResponse:
    """`?for=` names a family by its first category; the answers are in the address."""
    families = licence_families(request.marketplace)
    asked = request.GET.get("for", "")
    family = next((one for one in families if one.key == asked), families[0])
    context = {
        "families": families,
        "family": family,
        "head": plain_head(request.marketplace, "discovery:licence_adviser"),
        "interview": interview(typical_offers(request.marketplace, family.licences), request.GET),
    }
    return render(request, "discovery/licence_adviser.html", context)


@kept(tags=nothing_more)
@public_page
def licence(request: MarketplaceRequest, code: str, version: int = 0) -> HttpResponse:
    """The words that hold. A purchase names the version under which it was made."""
    published = licence_text(site_id=request.marketplace.id, code=code, version=version)
    if published is None:
        raise Http404
    terms = request.marketplace.licence(code)
    # An old text stays as it was published; today's is said in the reader's language.
    today = clauses(request.marketplace, terms) if terms and published.is_newest else None
    context = {
        "published": published,
        "licence": published.text.licence,
        "terms": terms,
        "head": plain_head(request.marketplace, "discovery:licence", code=code),
        "clauses": [(one.heading, one.text) for one in today or ()] or published.text.clauses,
    }
    return render(request, "discovery/licence.html", context)
