"""Documents get their numbers after the sale, without a gap, and never change again."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from market.core.insert_only import Immutable
from market.jobs.testing import run_jobs
from market.payments import document_data
from market.payments.models import Document, DocumentKind, DocumentOwed, DocumentSeries
from market.payments.services import documents
from tests import factories
from tests.jobs.processes import ROOT
from tests.purchases import steps
from tests.purchases.test_killed import environment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


def owe(user, source, kind=DocumentKind.INVOICE, **data):
    documents.owe_document(kind=kind, source=source, user_id=user.pk, data={"a": 1} | data)


def test_a_paid_order_has_one_invoice_of_its_lines(buyer):
    items = [
        factories.make_item(name="Blue icons", price_cents=1000),
        factories.make_item(name="Red icons", price_cents=2000),
    ]

    order = steps.buy(buyer, *items)
    assert not Document.objects.exists()
    run_jobs(["default"])

    invoice = Document.objects.get()
    assert invoice.code == f"INV-{invoice.issued_at.year}-000001"
    assert invoice.source == order.purpose
    assert invoice.user == buyer
    assert [line["name"] for line in invoice.data["lines"]] == ["Blue icons", "Red icons"]
    assert invoice.data["total_cents"] == order.total_cents
    assert invoice.data["buyer"]["email"] == buyer.email
    assert invoice.data_sha256 == document_data.digest(invoice.data)
    assert not DocumentOwed.objects.exists()


def test_a_payment_reported_twice_makes_one_invoice(buyer):
    order = steps.place(buyer, factories.make_item())
    payment = steps.decide(steps.ask(order))
    for _ in range(3):
        steps.settle(payment)
        run_jobs(["default"])

    assert Document.objects.count() == 1


def test_what_costs_nothing_needs_no_invoice(buyer):
    item = factories.make_item()
    factories.make_promotion(item=item)

    steps.place(buyer, item)
    run_jobs(["default"])

    assert not Document.objects.exists()
    assert not DocumentOwed.objects.exists()


def test_what_a_sale_takes_back_is_never_numbered(buyer):
    with transaction.atomic():
        owe(buyer, "order:1")
        transaction.set_rollback(True)
    owe(buyer, "order:2")
    run_jobs(["default"])

    assert Document.objects.get().number == 1


def test_what_is_owed_twice_keeps_what_was_promised_first(buyer):
    owe(buyer, "order:1", word="first")
    owe(buyer, "order:1", word="second")
    run_jobs(["default"])
    owe(buyer, "order:1", word="third")
    run_jobs(["default"])

    assert Document.objects.get().data["word"] == "first"
    assert not DocumentOwed.objects.exists()


def test_kinds_and_years_have_series_of_their_own(buyer, monkeypatch):
    new_year = datetime(2031, 12, 31, 23, 59, tzinfo=UTC)
    monkeypatch.setattr(documents.timezone, "now", lambda: new_year)
    owe(buyer, "order:1")
    owe(buyer, "refund:1", DocumentKind.CREDIT_NOTE)
    run_jobs(["default"])
    monkeypatch.setattr(documents.timezone, "now", lambda: new_year + timedelta(minutes=2))
    owe(buyer, "order:2")
    run_jobs(["default"])

    assert sorted(Document.objects.values_list("code", flat=True)) == [
        "CRN-2031-000001",
        "INV-2031-000001",
        "INV-2032-000001",
    ]


def test_a_later_number_never_has_an_earlier_date(buyer, monkeypatch):
    noon = datetime(2031, 5, 1, 12, tzinfo=UTC)
    for number, minutes in enumerate((0, -5, 5)):  # another host's clock is five minutes late
        at = noon + timedelta(minutes=minutes)
        monkeypatch.setattr(documents.timezone, "now", lambda at=at: at)
        owe(buyer, f"order:{number}")
        documents.number_documents(kind=DocumentKind.INVOICE)

    dates = Document.objects.order_by("number").values_list("issued_at", flat=True)
    assert list(dates) == [noon, noon, noon + timedelta(minutes=5)]


def test_an_issued_document_cannot_be_changed_by_anybody(buyer):
    owe(buyer, "order:1")
    run_jobs(["default"])
    document = Document.objects.get()

    with pytest.raises(Immutable):
        document.save()
    with pytest.raises(Immutable):
        Document.objects.all().delete()
    for change in ("UPDATE payments_document SET data = '{}'", "DELETE FROM payments_document"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            raw(change)


def test_what_is_owed_cannot_be_changed_either(buyer):
    owe(buyer, "order:1")

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        DocumentOwed.objects.update(data={})


def raw(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_eight_processes_number_a_thousand_invoices_without_a_gap(buyer):
    DocumentOwed.objects.bulk_create(
        DocumentOwed(kind="invoice", source=f"order:{number}", user=buyer, data={"n": number})
        for number in range(1000)
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.payments.numberer", "invoice"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    made = [int(process.communicate(timeout=60)[0]) for process in processes]

    assert sum(made) == 1000
    assert max(made) < 1000, "one process did all of it: the test shows nothing"
    numbers = Document.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 1001))
    assert Document.objects.values("source").distinct().count() == 1000
    assert DocumentSeries.objects.get().last_number == 1000
    assert not DocumentOwed.objects.exists()
