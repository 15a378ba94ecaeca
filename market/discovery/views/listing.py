"""What the address of a list asks for, and the addresses of the lists beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise

from market.core.pagination import Page
from market.core.text import clean_line
from market.discovery.addresses import NOTHING_CHOSEN, ListAddress
from market.discovery.facets.chosen import read_selection
from market.discovery.facets.shown import removals
from market.discovery.selectors.lists import (
    Place,
    chosen_search_sort,
    chosen_sort,
    default_sort,
    search_sorts,
    sorts_for,
)
from market.discovery.words import MAX_CHARS
from market.items.models import Item
from market.tenancy.definitions.enums import Sort
from market.tenancy.definitions.parts import CategoryDef
from market.tenancy.http import MarketplaceRequest


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that narrows or orders a list, and the address of the list without it.

    `is_order` is set where heading and tree stay as they are: the list alone is fetched anew.
    """

    label: str | Promise
    without: str
    is_order: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor wants to see of a list."""

    sort: Sort
    here: ListAddress

    @property
    def place(self) -> Place:
        return self.here.place


def asked(request: MarketplaceRequest, *, category: str = "") -> Asked:
    """Reads an address; whatever it holds that we do not offer is left out.

    With a `category` it is that category's page, which knows neither words nor a selection.
    """
    site, get = request.marketplace, request.GET
    words = "" if category else clean_line(get.get("q", "")[:MAX_CHARS])
    selection = NOTHING_CHOSEN if category else read_selection(site, dict(get.lists()))
    is_search = bool(words or selection)
    sort = (chosen_search_sort if is_search else chosen_sort)(site, get.get("sort", ""))
    default = site.search.default_sort if is_search else default_sort(site)
    after = get.get("after", "")
    return Asked(
        sort=sort,
        here=ListAddress(
            words=words,
            category=category or _known(request, get.get("category", "")),
            sort="" if sort is default else sort.value,
            place=Place(after=after, before="" if after else get.get("before", "")),
            selection=selection,
        ),
    )


def _known(request: MarketplaceRequest, path: str) -> str:
    found = request.marketplace.category(path) if path else None
    return found.path if found else ""


def list_context(
    request: MarketplaceRequest, wanted: Asked, page: Page[Item], category: CategoryDef | None
) -> dict[str, Any]:
    """What components/results.html draws beside the items."""
    here = wanted.here
    first = replace(here, place=Place())
    following = replace(here, place=Place(after=page.next_cursor or ""))
    previous = replace(here, place=Place(before=page.previous_cursor or ""))
    return {
        "items": page.rows,
        "here": first,
        "words": here.words,
        "sort": wanted.sort,
        "sorts": _sorts(request, here),
        "in_category": category.path if category and here.is_search else "",
        "chosen_pairs": here.selection.pairs(),
        "is_first": here.place.is_first,
        "choices": _choices(request, first, category),
        "first_page": str(first),
        "next_page": str(following) if page.next_cursor else "",
        "previous_page": str(previous) if page.previous_cursor else "",
    }


def _sorts(request: MarketplaceRequest, here: ListAddress) -> list[tuple[str, str | Promise]]:
    return search_sorts(request.marketplace) if here.is_search else sorts_for(request.marketplace)


def _choices(
    request: MarketplaceRequest, first: ListAddress, category: CategoryDef | None
) -> Sequence[Choice]:
    found = []
    if first.words:
        found.append(Choice(f"“{first.words}”", str(replace(first, words=""))))
    if category:
        outside = category.top if category.path != category.top else ""
        found.append(Choice(category.name, str(replace(first, category=outside))))
    found += [
        Choice(one.label, str(replace(first, selection=one.without)))
        for one in removals(request.marketplace, first.selection)
    ]
    if first.sort:
        labels = dict(_sorts(request, first))
        found.append(Choice(labels[first.sort], str(replace(first, sort="")), is_order=True))
    return found
