"""What the field of a search offers while somebody types."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from market.core.text import clean_line
from market.discovery.addresses import ListAddress
from market.discovery.facets.chosen import Selection
from market.discovery.page_cache.rules import kept, nothing_more
from market.discovery.public import public_page
from market.discovery.search.interface import SearchAway
from market.discovery.selectors.suggestions import Suggestions, suggestions
from market.discovery.words import MAX_CHARS
from market.tenancy.http import MarketplaceRequest

Group = dict[str, str | list[dict[str, str]]]


@kept(params=("q",), tags=nothing_more, at_most_seconds=60)
@public_page
def suggest(request: MarketplaceRequest) -> HttpResponse:
    """`{"groups": [{"label": …, "options": [{"text": …, "address": …}]}]}`, empty ones left out.

    While search is away there is nothing to offer: the field works without.
    """
    text = clean_line(request.GET.get("q", "")[:MAX_CHARS])
    try:
        found = suggestions(request.marketplace, text)
    except SearchAway:
        return JsonResponse({"groups": []}, status=503)
    return JsonResponse({"groups": [one for one in _groups(found) if one["options"]]})


def _groups(found: Suggestions) -> list[Group]:
    return [
        {
            "label": _("Items"),
            "options": [
                _option(one.name, reverse("discovery:item", args=[one.slug, one.pk]))
                for one in found.items
            ],
        },
        {
            "label": _("Categories"),
            "options": [
                _option(one.name, str(ListAddress(category=one.path))) for one in found.categories
            ],
        },
        {
            "label": _("Tags"),
            "options": [
                _option(one, str(ListAddress(selection=Selection(tags=(one,)))))
                for one in found.tags
            ],
        },
        {
            "label": _("Authors"),
            "options": [
                _option(one.display_name, str(ListAddress(author=one.user.username)))
                for one in found.authors
            ],
        },
    ]


def _option(text: str, address: str) -> dict[str, str]:
    return {"text": text, "address": address}
