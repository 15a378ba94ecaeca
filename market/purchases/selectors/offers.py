"""What an item costs a buyer today under each licence, for any number of items by six queries."""

from collections.abc import Collection
from dataclasses import dataclass

from market.items.models import Item, Licence, LicencePrice
from market.payments import pricing
from market.payments.pricing import Quote
from market.purchases.errors import CartRefused, LicenceNotOffered, NotForSale, OwnItem
from market.tenancy.definitions.parts import LicenceTerms
from market.tenancy.registry import marketplace_by_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`quote.total_cents` is the all-in price: what the buyer pays, with everything in it."""

    item: Item
    licence: LicenceTerms
    licence_text_version: int
    support_months: int
    quote: Quote

    @property
    def total_cents(self) -> int:
        return self.quote.total_cents


@dataclass(frozen=True, slots=True)
class Offers:
    """`by_item` has the offers of each item that exists, in its marketplace's order."""

    items: dict[int, Item]
    by_item: dict[int, list[Offer]]

    def of_item(self, item_id: int) -> list[Offer]:
        return self.by_item.get(item_id, [])

    def get(self, item_id: int, licence_code: str, *, buyer_id: int | None) -> Offer:
        """Raises NotForSale, OwnItem, LicenceNotOffered."""
        refusal = self.refusal(item_id, buyer_id=buyer_id)
        if refusal is not None:
            raise refusal
        for offer in self.of_item(item_id):
            if offer.licence.code == licence_code:
                return offer
        raise LicenceNotOffered

    def refusal(self, item_id: int, *, buyer_id: int | None) -> CartRefused | None:
        """Why this item cannot be bought under any licence."""
        item = self.items.get(item_id)
        if item is None or not item.is_for_sale:
            return NotForSale()
        return OwnItem() if item.author_id == buyer_id else None


def offers_of(item_ids: Collection[int]) -> Offers:
    """Today's offers of these items, whoever asks."""
    if not item_ids:
        return Offers({}, {})
    found = (
        Item.objects.filter(pk__in=item_ids)
        .select_related("category", "author__profile", "detail")
        .defer("detail__description_html", "detail__description_source", "detail__attributes")
    )
    items = {item.pk: item for item in found}
    prices = {
        (price.item_id, price.licence_code): price
        for price in LicencePrice.objects.filter(item_id__in=items, current=1)
    }
    rates = pricing.rate_card()
    sold = pricing.lifetime_sales({item.author_id for item in items.values()})
    versions = _text_versions({item.site_id for item in items.values()})
    by_item: dict[int, list[Offer]] = {item_id: [] for item_id in items}
    for item in items.values():
        top = item.category.path.split("/")[0]
        for terms in marketplace_by_id(item.site_id).licences_for(top):
            price = prices.get((item.pk, terms.code))
            if price is None:
                continue
            by_item[item.pk].append(
                Offer(
                    item=item,
                    licence=terms,
                    licence_text_version=versions.get((item.site_id, terms.code), 1),
                    support_months=_support_months(item, top),
                    quote=rates.quote(
                        site_id=item.site_id,
                        licence_code=terms.code,
                        item_price_cents=price.cents,
                        currency=price.currency,
                        is_exclusive=_is_exclusive(item),
                        lifetime_cents=sold.get(item.author_id, 0),
                    ),
                )
            )
    return Offers(items, by_item)


def _text_versions(site_ids: Collection[int]) -> dict[tuple[int, str], int]:
    licences = Licence.objects.filter(site_id__in=site_ids)
    rows = licences.values_list("site_id", "code", "text_version")
    return {(site_id, code): version for site_id, code, version in rows}


def _support_months(item: Item, top: str) -> int:
    support = marketplace_by_id(item.site_id).support
    has_support = hasattr(item, "detail") and item.detail.has_support
    return support.included_months if has_support and support.is_offered_for(top) else 0


def _is_exclusive(item: Item) -> bool:
    """By the author's profile; an author always has one."""
    return hasattr(item.author, "profile") and item.author.profile.is_exclusive
