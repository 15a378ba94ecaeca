from market.api.partner.dates import dollars, iso, iso_or_none
from market.api.partner.items import item_v3
from market.api.partner.shapes import AuthorSaleV3
from market.api.selectors import ItemRecord
from market.purchases.models import Purchase
from market.tenancy.definitions import Marketplace


def licence_name(purchase: Purchase, site: Marketplace) -> str:
    """The two names that clients know; a licence that has no counterpart keeps its own."""
    terms = site.licence(purchase.licence_code)
    if terms is None or terms.is_default:
        return "Regular License"
    return "Extended License" if terms.code == "extended" else terms.name


def author_sale(purchase: Purchase, record: ItemRecord, *, purchase_count: int) -> AuthorSaleV3:
    return {
        "amount": dollars(purchase.item_price_cents - purchase.author_fee_cents),
        "sold_at": iso(purchase.bought_at),
        "license": licence_name(purchase, record.site),
        "support_amount": "0.00",
        "supported_until": iso_or_none(purchase.support_until),
        "item": item_v3(record),
        "buyer": purchase.buyer.username,
        "purchase_count": purchase_count,
    }
