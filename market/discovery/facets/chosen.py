"""What somebody narrowed a search by: read from an address, asked of the engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from market.core.text import clean_line
from market.discovery.facets.offered import Facet, Kind, facets_for
from market.discovery.search.interface import Counted, Filters, Range
from market.discovery.words import WORD_CHARS, folded
from market.tenancy.definitions import Marketplace

TAG, WITHOUT_TAG = "tag", "not_tag"
LOW, HIGH = "_min", "_max"
SHOWN_TAGS = 12
# More than anybody means: what is beyond is left out.
MOST_OF_ONE, MOST_FACETS, MOST_NUMBER = 20, 10, 10**9
MAX_CHARS = 80


@dataclass(frozen=True, slots=True)
class Selection:
    """Values and bounds by facet, the bounds in the facet's own units; tags with and without."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.ranges or self.tags or self.without_tags)

    def pairs(self) -> list[tuple[str, str]]:
        """As it stands in an address, always in the same order."""
        found = [(key, one) for key, values in self.values.items() for one in values]
        for key, bounds in self.ranges.items():
            found += [(key + LOW, plain(bounds.low))] if bounds.low is not None else []
            found += [(key + HIGH, plain(bounds.high))] if bounds.high is not None else []
        found += [(TAG, one) for one in self.tags]
        return [*found, *((WITHOUT_TAG, one) for one in self.without_tags)]


def plain(number: float | None) -> str:
    """`5`, `12.5`; empty for an open bound."""
    return "" if number is None else f"{number:.2f}".rstrip("0").rstrip(".")


def parameters(marketplace: Marketplace) -> Iterator[str]:
    """The names under which a selection of this marketplace may stand in an address."""
    for facet in facets_for(marketplace):
        if facet.kind is Kind.RANGE:
            yield facet.key + LOW
            yield facet.key + HIGH
        else:
            yield facet.key
    yield TAG
    yield WITHOUT_TAG


def read_selection(marketplace: Marketplace, given: Mapping[str, Sequence[str]]) -> Selection:
    """Whatever is not offered is left out; a lower bound above the upper one changes place."""
    values: dict[str, tuple[str, ...]] = {}
    ranges: dict[str, Range] = {}
    for facet in facets_for(marketplace):
        if len(values) + len(ranges) == MOST_FACETS:
            break
        if facet.kind is Kind.RANGE:
            bounds = _range(given.get(facet.key + LOW, ()), given.get(facet.key + HIGH, ()))
            ranges |= {facet.key: bounds} if bounds != Range() else {}
        elif chosen := _values(facet, given.get(facet.key, ())):
            values[facet.key] = chosen
    without = _tags(given.get(WITHOUT_TAG, ())) if marketplace.search.exclude_tags else ()
    tags = tuple(one for one in _tags(given.get(TAG, ())) if one not in without)
    return Selection(values=values, ranges=ranges, tags=tags, without_tags=without)


def _values(facet: Facet, given: Sequence[str]) -> tuple[str, ...]:
    """In the order of the facet, so that equal choices have equal addresses."""
    if facet.options:
        known = tuple(one.value for one in facet.options if one.value in given)
    else:
        cleaned = {clean_line(one)[:MAX_CHARS] for one in given[:MOST_OF_ONE]}
        known = tuple(sorted(cleaned - {""}))
    return known[:1] if facet.kind is Kind.STEP else known[:MOST_OF_ONE]


def _tags(given: Sequence[str]) -> tuple[str, ...]:
    cleaned = (folded(clean_line(one))[:WORD_CHARS] for one in given[:MOST_OF_ONE])
    return tuple(sorted({one for one in cleaned if one}))


def _range(lows: Sequence[str], highs: Sequence[str]) -> Range:
    low, high = _number(lows), _number(highs)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Range(low, high)


def _number(given: Sequence[str]) -> float | None:
    """The last that is a number, with a point or a comma before its decimals."""
    for text in reversed(given[:MOST_OF_ONE]):
        digits = text.strip().replace(",", ".")
        whole = digits.replace(".", "", 1)
        if whole.isascii() and whole.isdigit() and len(digits) <= MAX_CHARS:
            return min(round(float(digits), 2), MOST_NUMBER)
    return None


def filters_of(marketplace: Marketplace, selection: Selection, category: str = "") -> Filters:
    """The selection in the engine's words."""
    facets = {facet.key: facet for facet in facets_for(marketplace)}
    values, ranges = {}, {}
    for key, chosen in selection.values.items():
        facet = facets[key]
        if facet.kind is Kind.VALUES:
            values[facet.source] = chosen
        else:
            ranges[facet.source] = _step(facet, chosen[0])
    for key, bounds in selection.ranges.items():
        facet = facets[key]
        ranges[facet.source] = Range(
            None if bounds.low is None else bounds.low * facet.scale,
            None if bounds.high is None else bounds.high * facet.scale,
        )
    return Filters(
        category=category,
        values=values,
        ranges=ranges,
        tags=selection.tags,
        without_tags=selection.without_tags,
    )


def _step(facet: Facet, value: str) -> Range:
    option = facet.option(value)
    assert option is not None  # noqa: S101  # read_selection takes known ones alone
    if facet.is_days:
        return Range(days_back(option.low))
    high = None if option.high is None else option.high * facet.scale
    return Range(option.low * facet.scale, high)


def counted_for(marketplace: Marketplace) -> Counted:
    """What the side of a search shows numbers of."""
    facets = facets_for(marketplace)
    return Counted(
        categories=True,
        groups=[one.source for one in facets if one.kind is Kind.VALUES],
        steps={one.source: starts_of(one) for one in facets if one.kind is not Kind.VALUES},
        tags=SHOWN_TAGS,
    )


def starts_of(facet: Facet) -> list[float]:
    """Rising lower bounds in the engine's units. Without steps: one, for whether there is any."""
    if facet.is_days:
        return sorted(days_back(one.low) for one in facet.options)
    return [one.low * facet.scale for one in facet.options] or [0.0]


def days_back(days: float) -> float:
    """Seconds since 1970, to the hour: an hour's searches are the same search."""
    now: datetime = timezone.now().replace(minute=0, second=0, microsecond=0)
    return (now - timedelta(days=days)).timestamp()
