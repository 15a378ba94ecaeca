"""The licences of a marketplace: side by side, and the words that purchases refer to."""

from collections.abc import Sequence
from dataclasses import dataclass

from market.discovery.terms import Aspect, Point, aspects_of, families
from market.items.models import LicenceText
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.parts import CategoryDef, LicenceTerms


@dataclass(frozen=True, slots=True)
class Row:
    """What each licence of a family says about one aspect."""

    aspect: Aspect
    points: Sequence[tuple[LicenceTerms, Point]]


@dataclass(frozen=True, slots=True)
class Family:
    """Categories that are sold under the same licences. `key` names it in addresses."""

    key: str
    licences: Sequence[LicenceTerms]
    categories: Sequence[CategoryDef]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class TypicalOffer:
    """A licence at the price that the site proposes to authors, in place of an item's own."""

    terms: LicenceTerms
    total_cents: int


@dataclass(frozen=True, slots=True)
class PublishedText:
    text: LicenceText
    versions: Sequence[LicenceText]

    @property
    def is_newest(self) -> bool:
        return self.text.version == self.versions[0].version


def licence_families(marketplace: Marketplace) -> list[Family]:
    """No query: licences are data."""
    by_slug = {category.slug: category for category in marketplace.categories}
    found = families(marketplace.tops(), marketplace.licences_for)
    return [
        Family(
            key=tops[0],
            licences=licences,
            categories=[by_slug[top] for top in tops],
            rows=[
                Row(aspect, [(terms, aspect.says(terms)) for terms in licences])
                for aspect in aspects_of(licences)
            ],
        )
        for licences, tops in found.items()
    ]


def typical_offers(
    marketplace: Marketplace, licences: Sequence[LicenceTerms]
) -> list[TypicalOffer]:
    """All-in prices of an item of the site's middle price."""
    prices = marketplace.pricing.suggested_item_price_cents
    middle = prices[len(prices) // 2] if prices else marketplace.pricing.item_price_min_cents
    return [
        TypicalOffer(terms, round(middle * terms.suggested_multiple) + terms.buyer_fee_cents)
        for terms in licences
    ]


def licence_text(*, site_id: int, code: str, version: int = 0) -> PublishedText | None:
    """A licence's words: of that version, or the newest. None for one that never was. One query."""
    versions = list(
        LicenceText.objects.filter(licence__site_id=site_id, licence__code=code)
        .select_related("licence")
        .order_by("-version")
    )
    asked = [one for one in versions if one.version == version] if version else versions
    return PublishedText(asked[0], versions) if asked else None
