"""What mirrors an invoice when money goes back. It is numbered after the refund, by a job."""

from django.utils import translation
from django.utils.translation import gettext as _

from market.payments.document_data import sale_data
from market.payments.models import DocumentKind
from market.payments.services import documents
from market.purchases.models import BillingDetails, Order, RefundLine, RefundScope
from market.purchases.selectors.orders import bought_words, licence_names
from market.purchases.services.invoices import buyer_party


def owe_credit_note(*, order: Order, refund: RefundLine) -> None:
    """Promise the buyer a credit note of one refund, in the transaction that makes it.

    What cost nothing needs none.
    """
    if not refund.total_cents:
        return
    line = refund.line
    with translation.override(order.buyer.language):
        detail = bought_words(line, licence_names({line.item.site_id}))
        if refund.scope == RefundScope.SUPPORT:
            detail = _("Extra support")
        if refund.scope == RefundScope.TAX:
            detail = _("Tax")
        data = sale_data(
            language=order.buyer.language,
            currency=refund.currency,
            buyer=buyer_party(order.buyer, BillingDetails.objects.filter(order=order).first()),
            lines=[
                {
                    "name": line.item.name,
                    "detail": detail,
                    "cents": refund.total_cents - refund.tax_cents,
                    "tax_cents": refund.tax_cents,
                    "tax_rate_bp": line.tax_rate_bp,
                }
            ],
            supplied_at=refund.created_at,
            order=order.key.hex,
            original=order.purpose,
            reason=refund.reason,
        )
    documents.owe_document(
        kind=DocumentKind.CREDIT_NOTE, source=refund.source, user_id=order.buyer_id, data=data
    )
