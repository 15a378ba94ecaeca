"""The side of a search: what can be chosen, what is, and how many items each would leave."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TypeVar
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext

from market.core import locales
from market.discovery.facets.chosen import (
    HIGH,
    LOW,
    Selection,
    plain,
)
from market.discovery.facets.offered import Facet, Kind, Option, facets_for
from market.discovery.search.interface import Counts, Range
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplace_by_id

T = TypeVar("T")
NOTHING = Selection()
ANYTHING = Range()
OPEN = 3  # so many of them stand open before anything is chosen


@dataclass(frozen=True, slots=True)
class ShownOption:
    """`items` is None where nobody counted. `colour` is a swatch's, `bounds` a range's step's."""

    id: str  # of its element: the keyboard finds its place again by it
    value: str
    label: str | Promise
    items: int | None
    is_chosen: bool
    colour: str = ""
    bounds: Range = ANYTHING


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """`low`, `high`: the bounds that are set; `low_name`, `high_name`: their parameters."""

    key: str
    label: str
    kind: Kind
    options: Sequence[ShownOption]
    is_open: bool
    is_chosen: bool = False
    unit: str = ""
    low: str = ""
    high: str = ""
    low_name: str = ""
    high_name: str = ""


@dataclass(frozen=True, slots=True)
class ShownTag:
    id: str
    tag: str
    items: int
    is_chosen: bool
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that was chosen, and the selection without it."""

    label: str
    without: Selection


def shown_facets(
    marketplace: Marketplace, selection: Selection, counts: Counts
) -> list[ShownFacet]:
    """Those by which something is left to choose among what was found."""
    found: list[ShownFacet] = []
    for facet in facets_for(marketplace):
        shown = _shown(facet, selection, counts, is_open=len(found) < OPEN)
        if shown.is_chosen or shown.options or _has_any(facet, counts):
            found.append(shown)
    return found


def offered_facets(marketplace: Marketplace, *, top: str = "") -> tuple[ShownFacet, ...]:
    """Beside a list that nobody counted in: all that its items can have, closed."""
    return _offered(marketplace.id, locales.language(), top)


@cache
def _offered(site_id: int, code: str, top: str) -> tuple[ShownFacet, ...]:
    """`code` is the active language: names are in it for good."""
    facets = (one for one in facets_for(marketplace_by_id(site_id)) if one.is_of(top))
    shown = (_shown(facet, NOTHING, None, is_open=False) for facet in facets)
    return tuple(one for one in shown if one.options or one.kind is Kind.RANGE)


def _shown(
    facet: Facet, selection: Selection, counts: Counts | None, *, is_open: bool
) -> ShownFacet:
    is_values = facet.kind is Kind.VALUES
    options = (_values if is_values else _steps)(facet, selection, counts)
    is_chosen = facet.key in selection.values or facet.key in selection.ranges
    bounds = selection.ranges.get(facet.key, ANYTHING)
    return ShownFacet(
        facet.key, facet.label, facet.kind, options, is_open or is_chosen, is_chosen,
        unit=facet.unit, low=plain(bounds.low), high=plain(bounds.high),
        low_name=facet.key + LOW, high_name=facet.key + HIGH,
    )  # fmt: skip


def _has_any(facet: Facet, counts: Counts) -> bool:
    """Whether a range without steps has a number to be in."""
    if facet.kind is not Kind.RANGE or facet.options:
        return False
    return any(counts.steps.get(facet.source, {}).values())


def _values(facet: Facet, selection: Selection, counts: Counts | None) -> list[ShownOption]:
    chosen = selection.values.get(facet.key, ())
    items = counts.groups.get(facet.source, {}) if counts else {}
    return [
        ShownOption(
            _id("f", facet.key, one.value), one.value, one.label,
            items.get(one.value, 0) if counts else None, one.value in chosen, colour=one.colour,
        )
        for one in facet.options or _found_options(facet, {*items, *chosen})
        if counts is None or items.get(one.value) or one.value in chosen
    ]  # fmt: skip


def _found_options(facet: Facet, values: set[str]) -> list[Option]:
    labels = {one: locales.country(one) if facet.is_country else one for one in values}
    return [Option(one, labels[one]) for one in sorted(labels, key=lambda one: labels[one])]


def _steps(facet: Facet, selection: Selection, counts: Counts | None) -> list[ShownOption]:
    bounds = selection.ranges.get(facet.key, ANYTHING)
    chosen = selection.values.get(facet.key, ())
    numbers = _step_items(facet, counts) if counts else [None] * len(facet.options)
    options = [
        ShownOption(
            _id("f", facet.key, one.value), one.value, one.label, items,
            one.value in chosen or bounds == Range(one.low, one.high),
            bounds=Range(one.low, one.high),
        )
        for one, items in zip(facet.options, numbers, strict=True)
    ]  # fmt: skip
    return [one for one in options if one.items != 0 or one.is_chosen]


def _step_items(facet: Facet, counts: Counts) -> list[int]:
    """Items of each option, in the options' order."""
    if not facet.options:
        return []
    found = counts.steps.get(facet.source, {})
    numbers = list(found.values()) or [0] * len(facet.options)
    if facet.is_cumulative:
        numbers = [sum(numbers[at:]) for at in range(len(numbers))]
    # The starts rise; days back fall.
    return numbers[::-1] if facet.is_days else numbers


def shown_tags(selection: Selection, counts: Counts) -> list[ShownTag]:
    """What is chosen first, then the most frequent among what was found."""
    names = dict.fromkeys([*selection.tags, *selection.without_tags, *counts.tags])
    return [
        ShownTag(
            _id("t", one), one, counts.tags.get(one, 0),
            one in selection.tags, one in selection.without_tags,
        )
        for one in names
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def _id(*parts: str) -> str:
    return "-".join(quote(part, safe="") for part in parts)


def removals(marketplace: Marketplace, selection: Selection) -> Iterator[Removal]:
    facets = {facet.key: facet for facet in facets_for(marketplace)}
    for key, values in selection.values.items():
        for value in values:
            rest = tuple(one for one in values if one != value)
            kept = {**selection.values, key: rest} if rest else _without(selection.values, key)
            yield Removal(_label(facets[key], value), replace(selection, values=kept))
    for key, bounds in selection.ranges.items():
        kept_ranges = _without(selection.ranges, key)
        yield Removal(_range_label(facets[key], bounds), replace(selection, ranges=kept_ranges))
    for tag in selection.tags:
        rest = tuple(one for one in selection.tags if one != tag)
        yield Removal(gettext("Tag: %(tag)s") % {"tag": tag}, replace(selection, tags=rest))
    for tag in selection.without_tags:
        rest = tuple(one for one in selection.without_tags if one != tag)
        label = gettext("Without: %(tag)s") % {"tag": tag}
        yield Removal(label, replace(selection, without_tags=rest))


def _without(values: Mapping[str, T], key: str) -> dict[str, T]:
    return {one: kept for one, kept in values.items() if one != key}


def _label(facet: Facet, value: str) -> str:
    option = facet.option(value)
    name = str(option.label) if option else value
    if facet.is_country:
        name = locales.country(value)
    return name if name == facet.label else f"{facet.label}: {name}"


def _range_label(facet: Facet, bounds: Range) -> str:
    """`Price: $5 – $20`, `Width: 800 px …`."""
    low, high = (_bound(facet, one) for one in (bounds.low, bounds.high))
    return f"{facet.label}: {low} – {high}"


def _bound(facet: Facet, number: float | None) -> str:
    if number is None:
        return "…"
    if facet.unit == "$":
        return locales.money(round(100 * number))
    return f"{plain(number)} {facet.unit}".rstrip()
