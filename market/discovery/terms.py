"""A licence's terms in words that a buyer reads in a second."""

from dataclasses import dataclass

from market.tenancy.definitions.enums import EndProducts
from market.tenancy.definitions.parts import LicenceTerms

_END_PRODUCTS = {
    EndProducts.ONE: "One end product",
    EndProducts.UNLIMITED: "Any number of end products",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a licence allows, or that people might expect and it does not."""

    text: str
    is_allowed: bool = True


def licence_points(terms: LicenceTerms) -> list[Point]:
    """The most asked first."""
    points = [
        Point(_END_PRODUCTS.get(terms.end_products) or _up_to(terms.sites_limit, "end product")),
        Point("End product for sale", terms.end_product_may_be_sold),
        Point("For yourself or a client", terms.client_transfer),
    ]
    if terms.seats_limit is not None:
        points.append(Point(_up_to(terms.seats_limit, "person", "people")))
    if terms.copies_limit is not None:
        points.append(Point(_up_to(terms.copies_limit, "copy", "copies")))
    audience = terms.broadcast_audience_limit
    if audience is not None:
        reach = f"Broadcast to {audience:,} people" if audience else "Broadcast"
        points.append(Point(reach, bool(audience)))
    if terms.theatrical is not None:
        points.append(Point("Cinema", terms.theatrical))
    return points


def _up_to(limit: int | None, one: str, many: str = "") -> str:
    if limit is None:
        return f"Several {many or one + 's'}"
    return f"Up to {limit:,} {one if limit == 1 else many or one + 's'}"
