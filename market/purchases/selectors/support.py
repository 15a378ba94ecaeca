"""What more months of support cost for what somebody has bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from market.core.months import add_months
from market.items.models import Item, LicencePrice
from market.payments.support import Kind, SupportCard, SupportPrice, support_card
from market.purchases.models import Purchase
from market.tenancy.registry import marketplace_by_id
from market.users.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportOffer:
    """So many months from `starts_at` on: an extension while support runs, a renewal after it."""

    purchase: Purchase
    kind: str
    months: int
    price: SupportPrice
    currency: str
    starts_at: datetime

    @property
    def ends_at(self) -> datetime:
        return add_months(self.starts_at, self.months)

    @property
    def is_renewal(self) -> bool:
        return self.kind == Kind.RENEWAL


def is_too_far_ahead(*, site_id: int, ends_at: datetime, now: datetime) -> bool:
    """Nobody answers for more than a year."""
    return ends_at > add_months(now, marketplace_by_id(site_id).support.max_months)


def support_offers(
    purchases: Sequence[Purchase], *, at: datetime | None = None
) -> dict[int, SupportOffer]:
    """{purchase: what is offered for it}, by three queries where any has support to prolong.

    None for what is refunded or not for sale any more, whose author gives no support any more, or
    which is supported for as long ahead as there is.
    """
    now = at or timezone.now()
    supported = [one for one in purchases if one.is_valid and _may_have_support(one)]
    if not supported:
        return {}
    items = Item.objects.select_related("detail", "category").in_bulk(
        [one.item_id for one in supported]
    )
    prices = {
        (price.item_id, price.licence_code): price
        for price in LicencePrice.objects.filter(item_id__in=items, current=1)
    }
    card = support_card({one.site_id for one in supported}, now)
    found = {}
    for one in supported:
        price = prices.get((one.item_id, one.licence_code))
        if price is not None and _gives_support(items[one.item_id]):
            offer = _offer(one, price, card, now)
            if offer is not None:
                found[one.pk] = offer
    return found


def supported_purchase(*, buyer: User, code: UUID) -> Purchase | None:
    """Only the buyer finds it."""
    return Purchase.objects.filter(buyer=buyer, code=code).select_related("item").first()


def _offer(
    purchase: Purchase, listed: LicencePrice, card: SupportCard, now: datetime
) -> SupportOffer | None:
    until = purchase.support_until
    runs = until is not None and until > now
    kind = Kind.EXTENSION if runs else Kind.RENEWAL
    price = card.price(site_id=purchase.site_id, kind=kind, item_price_cents=listed.cents)
    if price is None:
        return None
    offer = SupportOffer(
        purchase=purchase,
        kind=kind,
        months=marketplace_by_id(purchase.site_id).support.extension_months,
        price=price,
        currency=listed.currency,
        starts_at=until if runs and until else now,
    )
    is_over = is_too_far_ahead(site_id=purchase.site_id, ends_at=offer.ends_at, now=now)
    return None if is_over else offer


def _may_have_support(purchase: Purchase) -> bool:
    terms = marketplace_by_id(purchase.site_id).support
    return terms.offered and terms.extension_months > 0


def _gives_support(item: Item) -> bool:
    if not item.is_for_sale or not hasattr(item, "detail"):
        return False
    terms = marketplace_by_id(item.site_id).support
    return item.detail.has_support and terms.is_offered_for(item.category.path.split("/")[0])
