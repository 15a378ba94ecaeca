"""Documents drawn: one template a kind, for the page and for the PDF."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from market.payments.models import Document, DocumentKind, Transfer
from market.payments.selectors.documents import code_of

_TEMPLATES: dict[str, str] = {
    DocumentKind.INVOICE: "payments/papers/sale.html",
    DocumentKind.CREDIT_NOTE: "payments/papers/sale.html",
    DocumentKind.CERTIFICATE: "payments/papers/certificate.html",
    DocumentKind.SELF_BILLED_STATEMENT: "payments/papers/self_billed.html",
}


def draw(document: Document) -> SafeString:
    """The document as a part of a page, in the language that it was written in."""
    with translation.override(document.data["language"]):
        return render_to_string(_TEMPLATES[document.kind], _context(document))


def draw_pdf(document: Document) -> bytes:
    """A second or less: a document has no more lines than a cart, or a month has kinds."""
    # WeasyPrint takes a second and 30 MB to load, which no other page needs.
    from market.payments.pdf import write_pdf  # noqa: PLC0415

    code = document.data["language"]
    context = {
        "paper": draw(document),
        "document": document,
        "language": code,
        "direction": "rtl" if get_language_info(code)["bidi"] else "ltr",
    }
    return write_pdf(render_to_string("payments/papers/pdf.html", context))


def _context(document: Document) -> dict[str, Any]:
    data = document.data
    moment = data.get("supplied_at") or data.get("bought_at")
    context: dict[str, Any] = {
        "document": document,
        "data": data,
        "is_credit_note": document.kind == DocumentKind.CREDIT_NOTE,
        "moment": datetime.fromisoformat(moment) if moment else None,
    }
    if data.get("original"):
        context["original_code"] = code_of(kind=DocumentKind.INVOICE, source=data["original"])
    if document.kind == DocumentKind.SELF_BILLED_STATEMENT:
        context["month"] = datetime.strptime(data["month"], "%Y-%m").date()  # noqa: DTZ007  # a month
        context["movements"] = [
            {**one, "name": Transfer.Kind(one["kind"]).label} for one in data["movements"]
        ]
    return context
