"""What a paid order's invoice says. It is numbered after the sale, by a job."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation

from market.payments.document_data import DocumentLine, Party, SaleData, party, sale_data
from market.payments.models import DocumentKind
from market.payments.services import documents
from market.purchases.models import BillingDetails, Order, OrderLine
from market.purchases.selectors.orders import bought_words, licence_names
from market.users.models import User


def owe_invoice(*, order: Order, lines: Sequence[OrderLine]) -> None:
    """Promise the buyer an invoice of these lines, in the transaction that makes the order paid.

    What was given away needs none.
    """
    if not order.total_cents or order.paid_at is None:
        return
    documents.owe_document(
        kind=DocumentKind.INVOICE,
        source=order.purpose,
        user_id=order.buyer_id,
        data=_data(order, lines, order.paid_at),
    )


def buyer_party(buyer: User, billing: BillingDetails | None = None) -> Party:
    """Who is billed: as said at the checkout, or who somebody is who said nothing."""
    if billing is None:
        return party(name=buyer.username, email=buyer.contact_email)
    name = billing.company or billing.name or buyer.username
    contact = billing.name if billing.company else ""
    return party(
        name=name,
        address="\n".join(filter(None, (contact, billing.address))),
        country=billing.country,
        email=buyer.contact_email,
        vat_id=billing.vat_id,
    )


def document_line(line: OrderLine, licence_name: str) -> DocumentLine:
    """One line with all that it cost, as an invoice or a credit note shows it."""
    return {
        "name": line.item.name,
        "detail": licence_name,
        "cents": line.total_cents - line.tax_cents,
        "tax_cents": line.tax_cents,
        "tax_rate_bp": line.tax_rate_bp,
    }


def _data(order: Order, lines: Sequence[OrderLine], paid_at: datetime) -> SaleData:
    billing = BillingDetails.objects.filter(order=order).first()
    with translation.override(order.buyer.language):
        names = licence_names({line.item.site_id for line in lines})
        billed = [document_line(line, bought_words(line, names)) for line in lines]
    return sale_data(
        language=order.buyer.language,
        currency=order.currency,
        buyer=buyer_party(order.buyer, billing),
        reverse_charge=billing is not None and billing.is_reverse_charge,
        lines=billed,
        supplied_at=paid_at,
        order=order.key.hex,
    )
