"""What a marketplace offers to narrow its search by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from market.core import locales
from market.core.units import clock
from market.discovery.search.colours import HEX
from market.discovery.search.documents import LICENCE, YES
from market.tenancy.definitions import AttributeDef, Bucket, Marketplace, SiteFacet
from market.tenancy.definitions.enums import AttributeFacet, AttributeType, FacetType
from market.tenancy.registry import marketplace_by_id

# Facets over the columns of lists: which column, and how many of its units one of ours is.
COLUMNS = {
    "price": ("price", 100),
    "sales": ("sales", 1),
    "rating": ("rating", 100),
    "added": ("published", 1),
    "updated": ("updated", 1),
}
COLOURS: Mapping[str, str | Promise] = {
    "red": _("Red"),
    "orange": _("Orange"),
    "brown": _("Brown"),
    "yellow": _("Yellow"),
    "green": _("Green"),
    "teal": _("Teal"),
    "blue": _("Blue"),
    "purple": _("Purple"),
    "pink": _("Pink"),
    "white": _("White"),
    "grey": _("Grey"),
    "black": _("Black"),
}


class Kind(StrEnum):
    VALUES = "values"  # any of several
    STEP = "step"  # one of some bounds that have names
    RANGE = "range"  # from and to


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose. A step has bounds, both included; `colour` is how a swatch is drawn."""

    value: str
    label: str | Promise
    low: float = 0
    high: float | None = None
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """`source` is the engine's group, column or number; one of our units is `scale` of its own.

    A facet of days counts back from now. One of values without options offers what is found.
    """

    key: str
    label: str
    kind: Kind
    source: str
    options: tuple[Option, ...] = ()
    scale: int = 1
    unit: str = ""
    is_days: bool = False
    is_country: bool = False
    tops: tuple[str, ...] = ()  # the top-level categories that have it; without: all

    def is_of(self, top: str) -> bool:
        """Whether items of a top-level category can have it; of an empty one: whether all can."""
        return not self.tops or top in self.tops

    @property
    def is_cumulative(self) -> bool:
        """Whether a step holds those above it too: “at least 4”, “within a year”."""
        return self.is_days or self.source == "rating"

    def option(self, value: str) -> Option | None:
        return next((one for one in self.options if one.value == value), None)


def facets_for(marketplace: Marketplace) -> tuple[Facet, ...]:
    """In the order of its site.toml, in the active language. Tree and tags stand beside them."""
    return _facets(marketplace.id, locales.language())


@cache
def _facets(site_id: int, code: str) -> tuple[Facet, ...]:
    """`code` is the active language: names are in it for good."""
    marketplace = marketplace_by_id(site_id)
    own = [found for one in marketplace.facets if (found := _of_site(marketplace, one))]
    return (*own, *(found for one in marketplace.attributes if (found := _of_attribute(one))))


def _of_site(marketplace: Marketplace, facet: SiteFacet) -> Facet | None:
    """None for the tree and tags, and for what only a signed-in person could ask."""
    if facet.signed_in or facet.type in (FacetType.TREE, FacetType.MULTI):
        return None
    if facet.type is FacetType.CHECKBOX:
        options = tuple(Option(one.code, one.name) for one in marketplace.licences)
        return Facet(
            key=facet.key, label=facet.label, kind=Kind.VALUES, source=LICENCE, options=options
        )
    if facet.type is FacetType.TOGGLE:
        toggle = (Option(YES, facet.label),)
        return Facet(
            key=facet.key, label=facet.label, kind=Kind.VALUES, source=facet.key, options=toggle
        )
    source, scale = COLUMNS[facet.key]
    if facet.type is FacetType.RANGE:
        kind, options = Kind.RANGE, _picks([one.start // scale for one in facet.buckets], "$")
    elif facet.type is FacetType.DATE:
        kind, options = Kind.STEP, tuple(_days(one) for one in facet.buckets)
    else:
        kind, options = Kind.STEP, _steps(facet)
    return Facet(
        key=facet.key, label=facet.label, kind=kind, source=source, options=options,
        scale=scale, unit="$" if facet.unit == "cents" else "",
        is_days=facet.type is FacetType.DATE,
    )  # fmt: skip


def _days(bucket: Bucket) -> Option:
    words = {
        1: gettext("Within a day"),
        7: gettext("Within a week"),
        31: gettext("Within a month"),
        366: gettext("Within a year"),
    }
    other = ngettext("Within %(days)d day", "Within %(days)d days", bucket.start)
    return Option(
        bucket.name, words.get(bucket.start, other % {"days": bucket.start}), bucket.start
    )


def _steps(facet: SiteFacet) -> tuple[Option, ...]:
    if facet.key == "rating":
        return tuple(_stars(one) for one in facet.buckets if one.start)
    bounds = _bounds([one.start for one in facet.buckets])
    return tuple(
        Option(bucket.name, _between(low, high, ""), low, high)
        for bucket, (low, high) in zip(facet.buckets, bounds, strict=True)
    )


def _stars(bucket: Bucket) -> Option:
    words = ngettext("%(stars)d star and more", "%(stars)d stars and more", bucket.start)
    return Option(bucket.name, words % {"stars": bucket.start}, bucket.start)


def _of_attribute(attribute: AttributeDef) -> Facet | None:
    """None for an attribute that is only told."""
    if attribute.facet is AttributeFacet.NONE:
        return None
    if attribute.facet is AttributeFacet.RANGE:
        starts = [one.start for one in attribute.buckets]
        is_clock = attribute.type is AttributeType.DURATION
        return Facet(
            key=attribute.key, label=attribute.label, kind=Kind.RANGE, source=attribute.key,
            options=_picks(starts, attribute.unit, is_clock=is_clock),
            unit="s" if is_clock else attribute.unit, tops=attribute.categories,
        )  # fmt: skip
    return Facet(
        key=attribute.key, label=attribute.label, kind=Kind.VALUES, source=attribute.key,
        options=_choices(attribute), is_country=attribute.type is AttributeType.COUNTRY,
        tops=attribute.categories,
    )  # fmt: skip


def _choices(attribute: AttributeDef) -> tuple[Option, ...]:
    if attribute.type is AttributeType.BOOL:
        return (Option(YES, attribute.label),)
    if attribute.facet is AttributeFacet.SWATCH:
        return tuple(Option(one, COLOURS[one], colour=HEX[one]) for one in HEX)
    return tuple(Option(one, attribute.label_of(one)) for one in attribute.options)


def _picks(starts: Sequence[int], unit: str, *, is_clock: bool = False) -> tuple[Option, ...]:
    """Steps of a range, for one click; their value is where they begin."""
    return tuple(
        Option(str(low), _between(low, high, unit, is_clock=is_clock), low, high)
        for low, high in _bounds(starts)
    )


def _bounds(starts: Sequence[int]) -> list[tuple[int, int | None]]:
    """Both included; the last step is open."""
    if not starts:
        return []
    return [*((low, after - 1) for low, after in pairwise(starts)), (starts[-1], None)]


def _between(low: int, high: int | None, unit: str, *, is_clock: bool = False) -> str:
    """`$5 – $9`, `50 and more`, `0:15 – 0:29`."""

    def shown(number: int) -> str:
        if is_clock:
            return clock(number)
        return locales.money(100 * number) if unit == "$" else locales.number(number)

    after = f" {unit}" if unit and unit != "$" and not is_clock else ""
    if high is None:
        return gettext("%(number)s and more") % {"number": f"{shown(low)}{after}"}
    return f"{shown(low)}{after}" if low == high else f"{shown(low)} – {shown(high)}{after}"
