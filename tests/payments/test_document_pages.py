"""What a person sees of documents: pages and PDFs, drawn from what was frozen alone."""

from datetime import UTC, datetime

import pytest

from market.jobs.testing import run_jobs
from market.payments import drawing, pdf
from market.payments.document_data import party, sale_data
from market.payments.models import Document, DocumentKind
from market.payments.services import documents
from market.purchases.models import Purchase
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""
    settings.OPERATOR_NAME = "Seven Shelves Ltd"
    settings.OPERATOR_ADDRESS = "1 Harbour Road, Anytown"
    settings.OPERATOR_VAT_ID = "DE123456788"


def line(name, cents, rate_bp):
    tax = cents * rate_bp // 10_000
    return {"name": name, "detail": "", "cents": cents, "tax_cents": tax, "tax_rate_bp": rate_bp}


def invoice_for(user, *, name="Blue icons", language="en", reverse_charge=False, **more):
    data = sale_data(
        language=language,
        currency="USD",
        buyer=party(name="Lena Hartwig", address="Am Ufer 3\n10115 Berlin", country="DE"),
        lines=[line(name, 2000, 1900), line("Red", 1000, 1900), line("Book", 500, 700)],
        supplied_at=datetime(2031, 5, 1, tzinfo=UTC),
        order="0" * 32,
        reverse_charge=reverse_charge,
        **more,
    )
    kind = DocumentKind.CREDIT_NOTE if more else DocumentKind.INVOICE
    documents.owe_document(kind=kind, source="order:1", user_id=user.pk, data=data)
    documents.number_documents(kind=kind)
    return Document.objects.get(kind=kind)


def test_an_invoice_says_who_sold_what_with_which_tax(buyer, client_for):
    invoice = invoice_for(buyer)

    page = client_for("account", buyer).get(f"/documents/{invoice.code}/").content.decode()

    for words in (
        "Seven Shelves Ltd",
        "1 Harbour Road, Anytown",
        "VAT ID DE123456788",
        "Lena Hartwig",
        "10115 Berlin",
        "Germany",
        invoice.code,
        "Tax 19% on $30.00",
        "$5.70",
        "Tax 7% on $5.00",
        "$41.05",
    ):
        assert words in page


def test_reverse_charge_is_said(buyer):
    assert "Article 196" in drawing.draw(invoice_for(buyer, reverse_charge=True))


def test_a_credit_note_names_the_invoice_that_it_corrects(buyer):
    documents.owe_document(
        kind="invoice", source="order:9", user_id=buyer.pk, data={"language": "en"}
    )
    documents.number_documents(kind="invoice")

    paper = drawing.draw(invoice_for(buyer, original="order:9", reason="It does not work."))

    assert "Credit note" in paper
    assert f"Corrects invoice {Document.objects.get(kind='invoice').code}" in paper
    assert "It does not work." in paper


def test_a_document_is_in_the_language_that_it_was_written_in(buyer, client_for):
    invoice = invoice_for(buyer, language="de")

    page = client_for("account", buyer).get(f"/documents/{invoice.code}/").content.decode()

    assert "41,05\N{NO-BREAK SPACE}$" in page


def test_the_pdf_is_made_without_fetching_anything(buyer, client_for):
    name = '<img src="http://127.0.0.1:1/x.png"> <b>bold</b>'
    invoice = invoice_for(buyer, name=name)

    answer = client_for("account", buyer).get(f"/documents/{invoice.code}.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{invoice.code}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert "<b>" not in drawing.draw(invoice)


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "http://127.0.0.1/", "face:///../x", "face:///inter.woff2?x", "data:,x"],
)
def test_a_document_may_fetch_nothing_but_our_face(address):
    with pytest.raises(ValueError, match="fetch nothing"):
        pdf.Offline().fetch(address)


def test_only_the_owner_and_staff_read_a_document(buyer, client_for):
    invoice = invoice_for(buyer)
    staff = factories.make_user(role="staff")

    for address in (f"/documents/{invoice.code}/", f"/documents/{invoice.code}.pdf"):
        assert client_for("account").get(address).status_code == 302
        assert client_for("account", factories.make_user()).get(address).status_code == 404
        assert client_for("account", staff).get(address).status_code == 200


@pytest.mark.parametrize("code", ["INV-2031-999999", "inv-2031-000001", "x" * 200, "0"])
def test_a_document_that_is_not_there_is_not_found(buyer, client_for, code):
    invoice_for(buyer)

    assert client_for("account", buyer).get(f"/documents/{code}/").status_code == 404


def test_documents_are_listed_by_pages(buyer, client_for):
    for number in range(31):
        documents.owe_document(kind="invoice", source=f"order:{number}", user_id=buyer.pk, data={})
    documents.number_documents(kind="invoice")
    client = client_for("account", buyer)

    first = client.get("/documents/")
    second = client.get(f"/documents/?after={first.context['page'].next_cursor}")

    assert len(first.context["page"].rows) == 30
    assert [one.number for one in second.context["page"].rows] == [1]
    assert client.get("/documents/?after=nonsense").status_code == 404


def test_too_many_pdfs_are_refused_for_a_while(buyer, client_for, settings):
    settings.LIMITS = settings.LIMITS | {"document_pdf_user": "1/60"}
    address = f"/documents/{invoice_for(buyer).code}.pdf"
    client = client_for("account", buyer)

    assert [client.get(address).status_code for _ in range(2)] == [200, 429]


def test_the_order_page_leads_to_its_invoice(buyer, client_for):
    order = steps.buy(buyer, factories.make_item())
    client = client_for("account", buyer)

    before = client.get(f"/orders/{order.key}/").content.decode()
    run_jobs(["default"])
    after = client.get(f"/orders/{order.key}/").content.decode()

    assert "in a moment" in before
    assert f"/documents/{Document.objects.get().code}/" in after


def test_a_buyer_gets_a_licence_certificate_once(buyer, client_for):
    steps.buy(buyer, factories.make_item(name="Blue icons"))
    run_jobs(["default"])
    purchase = Purchase.objects.get()
    client = client_for("account", buyer)
    address = f"/library/{purchase.code}/certificate/"
    words = {"licensee": "Hartwig GmbH", "end_product": "Shop\u202e", "client": "Möbel  Huber"}

    assert address in client.get("/library/").content.decode()
    assert client.post(address, words).status_code == 302
    assert "is being issued" in client.get(address).content.decode()
    assert client.post(address, {"licensee": "Another"}).status_code == 200
    run_jobs(["default"])

    certificate = Document.objects.get(kind=DocumentKind.CERTIFICATE)
    assert client.get(address)["Location"] == f"/documents/{certificate.code}/"
    page = client.get(f"/documents/{certificate.code}/").content.decode()
    for text in ("Hartwig GmbH", "Shop", "Möbel Huber", str(purchase.code), "Blue icons"):
        assert text in page
    assert certificate.data["end_product"] == "Shop"
    assert drawing.draw_pdf(certificate).startswith(b"%PDF-")


def test_what_was_refunded_is_not_certified(buyer, client_for):
    steps.buy(buyer, factories.make_item())
    purchase = Purchase.objects.get()
    client = client_for("account", buyer)
    address = f"/library/{purchase.code}/certificate/"
    Purchase.objects.update(reversed_at=purchase.bought_at)

    answer = client.post(address, {})

    assert answer.status_code == 422
    assert not Document.objects.filter(kind=DocumentKind.CERTIFICATE).exists()


def test_a_certificate_of_a_refunded_purchase_says_that_it_does_not_hold(buyer, client_for):
    steps.buy(buyer, factories.make_item())
    purchase = Purchase.objects.get()
    client = client_for("account", buyer)
    client.post(f"/library/{purchase.code}/certificate/", {})
    run_jobs(["default"])
    Purchase.objects.update(reversed_at=purchase.bought_at)

    code = Document.objects.get(kind=DocumentKind.CERTIFICATE).code

    assert "does not hold any more" in client.get(f"/documents/{code}/").content.decode()


def test_nobody_certifies_what_another_bought(buyer, client_for):
    steps.buy(buyer, factories.make_item())
    address = f"/library/{Purchase.objects.get().code}/certificate/"

    assert client_for("account", factories.make_user()).get(address).status_code == 404
    assert client_for("account", factories.make_user()).post(address).status_code == 404


def test_a_name_that_is_too_long_is_refused(buyer, client_for):
    steps.buy(buyer, factories.make_item())
    address = f"/library/{Purchase.objects.get().code}/certificate/"

    answer = client_for("account", buyer).post(address, {"licensee": "x" * 121})

    assert answer.status_code == 422
    assert not Document.objects.filter(kind=DocumentKind.CERTIFICATE).exists()
