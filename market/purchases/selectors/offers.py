"""What an item costs a buyer today under each licence.

For any number of items by six queries, and one more if any has support by its author.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from market.items.models import Item, Licence, LicencePrice
from market.items.selectors.promotions import is_free, with_free
from market.payments import pricing
from market.payments.pricing import Quote
from market.payments.support import Kind, SupportCard, SupportPrice, support_card
from market.payments.tax import Tax
from market.purchases.errors import (
    AlreadyClaimed,
    CartRefused,
    LicenceNotOffered,
    NotForSale,
    OwnItem,
)
from market.purchases.models import Claim
from market.tenancy.definitions.parts import LicenceTerms
from market.tenancy.registry import marketplace_by_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Why an offer costs nothing, until when, and what it costs before and after."""

    promotion_id: int
    until: datetime
    usual_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreSupport:
    """What may be bought with the item: so many months beyond those that are included."""

    months: int
    price: SupportPrice


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`quote.total_cents` is what the buyer pays; tax is in it once his country is known."""

    item: Item
    licence: LicenceTerms
    licence_text_version: int
    support_months: int
    quote: Quote
    gift: Gift | None = None
    more_support: MoreSupport | None = None
    more_support_months: int = 0  # of which so many were chosen

    @property
    def total_cents(self) -> int:
        return self.quote.total_cents

    @property
    def support_total(self) -> int:
        """The months of support with all that is offered."""
        return self.support_months + (self.more_support.months if self.more_support else 0)

    def with_more_support(self, months: int) -> "Offer":
        """With so many months more, if just these are offered; before tax is put on it."""
        if self.more_support is None or months != self.more_support.months:
            return self
        return replace(
            self,
            quote=self.quote.with_support(self.more_support.price),
            support_months=self.support_months + months,
            more_support_months=months,
        )

    def with_tax(self, tax: Tax) -> "Offer":
        return replace(self, quote=self.quote.with_tax(tax))


@dataclass(frozen=True, slots=True)
class Offers:
    """`by_item` has the offers of each item that exists, in its marketplace's order.

    `claimed` are the promotions in which this buyer has taken the free copy.
    """

    items: dict[int, Item]
    by_item: dict[int, list[Offer]]
    claimed: frozenset[int] = frozenset()

    def of_item(self, item_id: int) -> list[Offer]:
        return self.by_item.get(item_id, [])

    def choices(self, item_id: int) -> list[Offer]:
        """The item's offers without the free copy that this buyer has taken."""
        return [one for one in self.of_item(item_id) if not self._is_claimed(one)]

    def get(self, item_id: int, licence_code: str, *, buyer_id: int | None) -> Offer:
        """Raises NotForSale, OwnItem, LicenceNotOffered, AlreadyClaimed."""
        refusal = self.refusal(item_id, buyer_id=buyer_id)
        if refusal is not None:
            raise refusal
        for offer in self.of_item(item_id):
            if offer.licence.code == licence_code:
                if self._is_claimed(offer):
                    raise AlreadyClaimed
                return offer
        raise LicenceNotOffered

    def refusal(self, item_id: int, *, buyer_id: int | None) -> CartRefused | None:
        """Why this item cannot be bought under any licence."""
        item = self.items.get(item_id)
        if item is None or not item.is_for_sale:
            return NotForSale()
        return OwnItem() if item.author_id == buyer_id else None

    def _is_claimed(self, offer: Offer) -> bool:
        return offer.gift is not None and offer.gift.promotion_id in self.claimed


def offers_of(
    item_ids: Collection[int], *, buyer_id: int | None = None, at: datetime | None = None
) -> Offers:
    """Today's offers of these items, or those of a moment.

    The same for everybody, but that a buyer may have taken what is free: that is asked for by a
    query of its own, and only where something is.
    """
    if not item_ids:
        return Offers({}, {})
    found = (
        with_free(Item.objects.filter(pk__in=item_ids), at)
        .select_related("category", "author__profile", "detail")
        .defer("detail__description_html", "detail__description_source", "detail__attributes")
    )
    items = {item.pk: item for item in found}
    supported = {item.site_id for item in items.values() if _has_support(item)}
    rates = _Rates(
        card=pricing.rate_card(at),
        support=support_card(supported, at),
        sold=pricing.lifetime_sales({item.author_id for item in items.values()}),
        text_versions=_text_versions({item.site_id for item in items.values()}),
    )
    prices = {
        (price.item_id, price.licence_code): price
        for price in LicencePrice.objects.filter(item_id__in=items, current=1)
    }
    by_item = {
        item.pk: [
            _offer(item, terms, prices[item.pk, terms.code], rates)
            for terms in marketplace_by_id(item.site_id).licences_for(_top(item))
            if (item.pk, terms.code) in prices
        ]
        for item in items.values()
    }
    return Offers(items, by_item, _claimed(items.values(), buyer_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """What decides about the price of any item at one moment."""

    card: pricing.RateCard
    support: SupportCard
    sold: Mapping[int, int]  # {author: lifetime cents}
    text_versions: Mapping[tuple[int, str], int]


def _offer(item: Item, terms: LicenceTerms, price: LicencePrice, rates: _Rates) -> Offer:
    quote = rates.card.quote(
        site_id=item.site_id,
        licence_code=terms.code,
        item_price_cents=price.cents,
        currency=price.currency,
        is_exclusive=_is_exclusive(item),
        lifetime_cents=rates.sold.get(item.author_id, 0),
    )
    gift = _gift(item, terms.code, quote)
    return Offer(
        item=item,
        licence=terms,
        licence_text_version=rates.text_versions.get((item.site_id, terms.code), 1),
        support_months=_included_months(item),
        quote=quote.waived() if gift else quote,
        gift=gift,
        more_support=None if gift else _more_support(item, price.cents, rates.support),
    )


def _top(item: Item) -> str:
    return item.category.path.split("/")[0]


def _gift(item: Item, licence_code: str, quote: Quote) -> Gift | None:
    if item.free_until is None or item.free_promotion_id is None:
        return None
    if not is_free(item, licence_code):
        return None
    return Gift(
        promotion_id=item.free_promotion_id,
        until=item.free_until,
        usual_cents=quote.total_cents,
    )


def _claimed(items: Iterable[Item], buyer_id: int | None) -> frozenset[int]:
    running = [item.free_promotion_id for item in items if item.free_promotion_id]
    if not running or buyer_id is None:
        return frozenset()
    own = Claim.objects.filter(buyer_id=buyer_id, promotion__in=running)
    return frozenset(own.values_list("promotion_id", flat=True))


def _text_versions(site_ids: Collection[int]) -> dict[tuple[int, str], int]:
    licences = Licence.objects.filter(site_id__in=site_ids)
    rows = licences.values_list("site_id", "code", "text_version")
    return {(site_id, code): version for site_id, code, version in rows}


def _has_support(item: Item) -> bool:
    offers_it = hasattr(item, "detail") and item.detail.has_support
    return offers_it and marketplace_by_id(item.site_id).support.is_offered_for(_top(item))


def _included_months(item: Item) -> int:
    return marketplace_by_id(item.site_id).support.included_months if _has_support(item) else 0


def _more_support(item: Item, price_cents: int, card: SupportCard) -> MoreSupport | None:
    terms = marketplace_by_id(item.site_id).support
    is_possible = 0 < terms.extension_months <= terms.max_months - terms.included_months
    if not _has_support(item) or not is_possible:
        return None
    price = card.price(site_id=item.site_id, kind=Kind.UPGRADE, item_price_cents=price_cents)
    return MoreSupport(months=terms.extension_months, price=price) if price else None


def _is_exclusive(item: Item) -> bool:
    """By the author's profile; an author always has one."""
    return hasattr(item.author, "profile") and item.author.profile.is_exclusive
