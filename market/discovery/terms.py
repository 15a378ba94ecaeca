"""A licence's machine terms, one aspect at a time: what it says, and whether a use is within it.

The panel, the comparison and the adviser all read these, so that they cannot contradict each other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from market.core import locales
from market.tenancy.definitions import LicenceTerms, Medium
from market.tenancy.definitions.enums import EndProducts

ALL_MEDIA = frozenset(Medium)


class Sale(StrEnum):
    """What people pay for the end product."""

    FREE = "free"
    PAID = "paid"
    GOODS = "goods"  # for resale, with the item as their main value


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What somebody wants to do. A number is the most that is needed; None is without end."""

    end_products: int | None = 1
    sale: Sale = Sale.FREE
    copies: int | None = 1
    audience: int | None = 0
    is_in_cinemas: bool = False
    seats: int | None = 1
    is_for_client: bool = False
    media: frozenset[Medium] = frozenset()


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a licence says about an aspect."""

    text: str
    is_allowed: bool = True


@dataclass(frozen=True, slots=True)
class Aspect:
    """`is_stated` is whether a licence narrows it at all; `allows` is the rule itself."""

    key: str
    label: Promise
    says: Callable[[LicenceTerms], Point]
    allows: Callable[[LicenceTerms, Use], bool]
    is_stated: Callable[[LicenceTerms], bool]


def end_products_limit(terms: LicenceTerms) -> int | None:
    """How many end products one purchase covers; None is any number."""
    if terms.end_products is EndProducts.UNLIMITED:
        return None
    return terms.sites_limit if terms.end_products is EndProducts.UP_TO_LIMIT else 1


def is_within(wanted: int | None, limit: int | None) -> bool:
    return limit is None or (wanted is not None and wanted <= limit)


def aspects_of(licences: Iterable[LicenceTerms]) -> list[Aspect]:
    """Those that at least one of these licences speaks of, in the order that people ask."""
    offered = list(licences)
    return [aspect for aspect in ASPECTS if any(map(aspect.is_stated, offered))]


def licence_points(terms: LicenceTerms) -> tuple[Point, ...]:
    """The most asked first; end products and their sale are always said."""
    return _points(terms, locales.language())


@lru_cache(maxsize=1000)
def _points(terms: LicenceTerms, code: str) -> tuple[Point, ...]:
    """`code` is the language that they are said in."""
    always = ("products", "sale")
    return tuple(
        aspect.says(terms)
        for aspect in ASPECTS
        if aspect.key in always or aspect.is_stated(terms) or aspect.key == "client"
    )


def objections(terms: LicenceTerms, use: Use) -> list[Aspect]:
    """What keeps this licence from covering the use; nothing when it does."""
    return [aspect for aspect in ASPECTS if not aspect.allows(terms, use)]


def families(
    tops: Iterable[str], licences_for: Callable[[str], Sequence[LicenceTerms]]
) -> dict[tuple[LicenceTerms, ...], list[str]]:
    """Categories that are sold under the same licences, together, in the site's order."""
    found: dict[tuple[LicenceTerms, ...], list[str]] = {}
    for top in tops:
        found.setdefault(tuple(licences_for(top)), []).append(top)
    return found


def _products(terms: LicenceTerms) -> Point:
    limit = end_products_limit(terms)
    if limit is None:
        return Point(gettext("Any number of end products"))
    if limit == 1:
        return Point(gettext("One end product"))
    return Point(gettext("Up to %(limit)s end products") % {"limit": locales.number(limit)})


def _sale(terms: LicenceTerms) -> Point:
    if not terms.end_product_may_be_sold:
        return Point(gettext("End products that people pay for"), is_allowed=False)
    if terms.goods_for_resale is None:
        return Point(gettext("End products may be free or sold"))
    if terms.goods_for_resale:
        return Point(gettext("End products may be sold, also as goods for resale"))
    return Point(gettext("End products may be sold, but not as goods for resale"))


def _may_be_sold(terms: LicenceTerms, use: Use) -> bool:
    match use.sale:
        case Sale.FREE:
            return True
        case Sale.PAID:
            return terms.end_product_may_be_sold
        case Sale.GOODS:
            return terms.end_product_may_be_sold and terms.goods_for_resale is not False


def _media(terms: LicenceTerms) -> Point:
    words = {
        Medium.STATIC: gettext("In print, pictures and films"),
        Medium.WEBSITE: gettext("Embedded in websites"),
        Medium.APP: gettext("Embedded in apps and games"),
    }
    wanted = terms.media or tuple(Medium)
    return Point("; ".join(words[one] for one in wanted))


def _copies(terms: LicenceTerms) -> Point:
    limit = terms.copies_limit
    if limit is None:
        return Point(gettext("Any number of copies"))
    text = ngettext("Up to %(limit)s copy", "Up to %(limit)s copies", limit)
    return Point(text % {"limit": locales.number(limit)})


def _audience(terms: LicenceTerms) -> Point:
    limit = terms.broadcast_audience_limit
    if limit is None:
        return Point(gettext("Broadcast to any audience"))
    if not limit:
        return Point(gettext("Broadcast"), is_allowed=False)
    text = ngettext("Broadcast to %(limit)s person", "Broadcast to %(limit)s people", limit)
    return Point(text % {"limit": locales.number(limit)})


def _cinema(terms: LicenceTerms) -> Point:
    return Point(gettext("Cinema release"), is_allowed=bool(terms.theatrical))


def _seats(terms: LicenceTerms) -> Point:
    limit = terms.seats_limit
    if limit is None:
        return Point(gettext("On any number of computers"))
    text = ngettext("On %(limit)s computer", "On up to %(limit)s computers", limit)
    return Point(text % {"limit": locales.number(limit)})


def _client(terms: LicenceTerms) -> Point:
    if terms.client_transfer:
        return Point(gettext("For yourself or a client"))
    return Point(gettext("Work for clients"), is_allowed=False)


# The order in which people ask. A licence that does not speak of cinemas does not open them.
ASPECTS: tuple[Aspect, ...] = (
    Aspect(
        "media",
        gettext_lazy("Where it may be used"),
        _media,
        lambda terms, use: not terms.media or use.media <= frozenset(terms.media),
        lambda terms: bool(terms.media),
    ),
    Aspect(
        "products",
        gettext_lazy("End products"),
        _products,
        lambda terms, use: is_within(use.end_products, end_products_limit(terms)),
        lambda terms: end_products_limit(terms) is not None,
    ),
    Aspect(
        "sale",
        gettext_lazy("Selling what you make"),
        _sale,
        _may_be_sold,
        lambda terms: not terms.end_product_may_be_sold or terms.goods_for_resale is False,
    ),
    Aspect(
        "copies",
        gettext_lazy("Copies"),
        _copies,
        lambda terms, use: is_within(use.copies, terms.copies_limit),
        lambda terms: terms.copies_limit is not None,
    ),
    Aspect(
        "audience",
        gettext_lazy("Broadcast"),
        _audience,
        lambda terms, use: is_within(use.audience, terms.broadcast_audience_limit),
        lambda terms: terms.broadcast_audience_limit is not None,
    ),
    Aspect(
        "cinema",
        gettext_lazy("Cinema"),
        _cinema,
        lambda terms, use: not use.is_in_cinemas or terms.theatrical is True,
        lambda terms: terms.theatrical is not None,
    ),
    Aspect(
        "seats",
        gettext_lazy("Computers"),
        _seats,
        lambda terms, use: is_within(use.seats, terms.seats_limit),
        lambda terms: terms.seats_limit is not None,
    ),
    Aspect(
        "client",
        gettext_lazy("For whom"),
        _client,
        lambda terms, use: terms.client_transfer or not use.is_for_client,
        lambda terms: not terms.client_transfer,
    ),
)
