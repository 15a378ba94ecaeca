"""Licence certificates: made when a buyer asks for one, and then as unchangeable as an invoice."""

from django.db import transaction
from django.utils import translation

from market.payments.document_data import CertificateData, seller
from market.payments.models import DocumentKind
from market.payments.services import documents
from market.purchases.errors import NoCertificate
from market.purchases.models import Purchase
from market.purchases.selectors.certificates import source_of
from market.purchases.selectors.orders import licence_names
from market.purchases.services.invoices import buyer_party
from market.tenancy import hosts
from market.tenancy.registry import marketplace_by_id


@transaction.atomic
def request_certificate(
    *, purchase: Purchase, licensee: str = "", end_product: str = "", client: str = ""
) -> None:
    """Promise the buyer a certificate; what was entered first is what it says.

    Raises NoCertificate for a purchase that was refunded or reversed.
    """
    # Locked, so that a reversal comes before it or after it.
    purchase = Purchase.objects.select_for_update().get(pk=purchase.pk)
    if not purchase.is_valid:
        raise NoCertificate
    language = purchase.buyer.language
    with translation.override(language):
        data = _data(purchase, licensee, end_product, client)
    documents.owe_document(
        kind=DocumentKind.CERTIFICATE,
        source=source_of(purchase),
        user_id=purchase.buyer_id,
        data=data,
    )


def _data(purchase: Purchase, licensee: str, end_product: str, client: str) -> CertificateData:
    """In the active language."""
    site = marketplace_by_id(purchase.site_id)
    item, author = purchase.item, purchase.author
    names = licence_names({purchase.site_id})
    buyer = buyer_party(purchase.buyer)
    if licensee:
        buyer["name"] = licensee
    return {
        "language": purchase.buyer.language,
        "seller": seller(),
        "buyer": buyer,
        "author": str(getattr(author, "profile", author)),
        "item": item.name,
        "item_id": item.pk,
        "address": hosts.link(site.slug, "discovery:item", slug=item.slug, item_id=item.pk),
        "marketplace": site.name,
        "licence": names.get((purchase.site_id, purchase.licence_code), purchase.licence_code),
        "terms": hosts.link(
            site.slug,
            "discovery:licence_version",
            code=purchase.licence_code,
            version=purchase.licence_text_version,
        ),
        "terms_version": purchase.licence_text_version,
        "purchase_code": str(purchase.code),
        "bought_at": purchase.bought_at.isoformat(),
        "end_product": end_product,
        "client": client,
    }
