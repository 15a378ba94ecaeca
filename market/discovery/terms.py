"""A licence's terms in words that a buyer reads in a second."""

from market.tenancy.definitions.enums import EndProducts
from market.tenancy.definitions.parts import LicenceTerms

_END_PRODUCTS = {
    EndProducts.ONE: "One end product",
    EndProducts.UNLIMITED: "Any number of end products",
}


def licence_points(terms: LicenceTerms) -> list[str]:
    """What the licence allows, the most asked first."""
    points = [
        _END_PRODUCTS.get(terms.end_products) or _up_to(terms.sites_limit, "end product"),
        "End product may be sold" if terms.end_product_may_be_sold else "End product is free to use",
    ]
    if terms.client_transfer:
        points.append("For yourself or a client")
    if terms.seats_limit is not None:
        points.append(_up_to(terms.seats_limit, "person", "people"))
    if terms.copies_limit is not None:
        points.append(_up_to(terms.copies_limit, "copy", "copies"))
    audience = terms.broadcast_audience_limit
    if audience is not None:
        points.append(f"Broadcast to {audience:,} people" if audience else "No broadcast")
    if terms.theatrical:
        points.append("Cinema")
    return points


def _up_to(limit: int | None, one: str, many: str = "") -> str:
    if limit is None:
        return f"Several {many or one + 's'}"
    return f"Up to {limit:,} {one if limit == 1 else many or one + 's'}"
