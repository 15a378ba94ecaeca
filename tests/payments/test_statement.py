"""Statements: every line is there once, in any filter, and opens to the journal behind it."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.ledger import Side
from market.payments.models import Account, Line, Transfer
from market.payments.selectors import statements as accounts
from market.purchases.models import OrderLine
from market.purchases.selectors import statement as selectors
from market.purchases.selectors.statement import Wanted
from market.purchases.selectors.statement_files import COLUMNS, csv_lines, json_lines
from tests import factories
from tests.explain import indexed_only
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


def fill(user, amounts, *, kind=Account.Kind.AUTHOR_EARNINGS, first=None, step=timedelta(hours=1)):
    """Adjustments of an account, an hour apart."""
    side = Side(kind, ledger.person_scope(user.pk))
    other = Side(Account.Kind.ADJUSTMENTS)
    ledger.open_accounts(sides=[side, other], currency="USD")
    account = Account.objects.get(kind=kind, scope=side.scope)
    ours = Account.objects.get(kind=other.kind)
    at = first or datetime(2030, 1, 1, tzinfo=UTC)
    start = Transfer.objects.count()
    code = "adjust_earnings_up" if kind == Account.Kind.AUTHOR_EARNINGS else "adjust_credit_up"
    Transfer.objects.bulk_create(
        (
            Transfer(source=f"adjust:x{start + number}", kind=code, created_at=at + number * step)
            for number in range(len(amounts))
        ),
        batch_size=5000,
    )
    ids = Transfer.objects.order_by("pk").values_list("pk", flat=True)[start:]
    lines, balance = [], 0
    for transfer_id, cents in zip(ids, amounts, strict=True):
        balance += cents
        lines += [
            Line(transfer_id=transfer_id, account=account, cents=cents, balance_cents=balance),
            Line(transfer_id=transfer_id, account=ours, cents=-cents),
        ]
    Line.objects.bulk_create(lines, batch_size=5000)
    return account


def pages(user, **wanted):
    """All rows of a statement, page by page."""
    cursor, rows = "", []
    while cursor is not None:
        page = selectors.statement_page(user_id=user.pk, wanted=Wanted(**wanted), cursor=cursor)
        rows += page.rows
        cursor = page.next_cursor
    return rows


def test_an_author_sees_each_line_with_the_balance_after_it(buyer, author, client_for):
    steps.buy(buyer, factories.make_item(author=author, name="Blue icons", price_cents=1000))

    page = client_for("account", author).get("/statement/").content.decode()

    assert "Blue icons" in page
    assert "−$3.75" in page
    assert "$6.25" in page


def test_nobody_sees_the_lines_of_others(buyer, author, client_for):
    steps.buy(buyer, factories.make_item(author=author, name="Blue icons"))

    page = client_for("account", factories.make_author()).get("/statement/").content.decode()

    assert "Blue icons" not in page
    assert "No sales yet" in page


def test_a_visitor_signs_in_first(sites, client_for):
    assert client_for("account").get("/statement/").status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "after=x", "after=WzBd", "after=Wy0xXQ", "after=WzFlMzBd", "of=all", "type=purchase'--",
        "since=2031-02-30", "until=tomorrow", "site=nowhere", "currency=usd",
    ],
)  # fmt: skip
def test_what_no_page_of_ours_asks_for_is_not_found(author, client_for, query):
    fill(author, [100])

    assert client_for("account", author).get(f"/statement/?{query}").status_code == 404


@pytest.mark.parametrize("sales", [1, 30])
def test_the_number_of_queries_does_not_grow(
    buyer, author, client_for, django_assert_num_queries, sales
):
    items = [factories.make_item(author=author) for _ in range(sales)]
    steps.buy(buyer, *items)
    client = client_for("account", author)
    client.get("/statement/")

    # session, user, two for roles; balances, lines, their order lines; whether there is credit
    with django_assert_num_queries(8):
        client.get("/statement/")


def test_pages_show_each_line_once_newest_first(author):
    fill(author, range(1, 121))

    rows = pages(author)

    assert [row.amount_cents for row in rows] == list(range(120, 0, -1))


def test_a_full_last_page_has_no_next_one(author):
    fill(author, range(1, 51))

    page = selectors.statement_page(user_id=author.pk, wanted=Wanted())

    assert len(page.rows) == 50
    assert page.next_cursor is None


def test_days_are_those_of_utc_and_both_count(author):
    first = datetime(2030, 1, 1, 0, 0, tzinfo=UTC)
    fill(author, range(1, 73), first=first)  # three days

    rows = pages(author, since=first.date(), until=first.date())
    second = pages(author, since=datetime(2030, 1, 2, tzinfo=UTC).date())
    none = pages(author, until=datetime(2029, 12, 31, tzinfo=UTC).date())

    assert [row.amount_cents for row in rows] == list(range(24, 0, -1))
    assert len(second) == 48
    assert none == []


def test_a_clock_that_is_late_hides_no_line(author):
    midnight = datetime(2030, 1, 2, tzinfo=UTC)
    fill(author, [1], first=midnight + timedelta(seconds=2))
    fill(author, [2], first=midnight - timedelta(seconds=2))  # booked later, by a late clock
    fill(author, [3], first=midnight + timedelta(seconds=4))

    before = pages(author, until=datetime(2030, 1, 1, tzinfo=UTC).date())
    after = pages(author, since=midnight.date())

    assert [row.amount_cents for row in before] == [2]
    assert [row.amount_cents for row in after] == [3, 1]


def test_a_type_and_a_marketplace_narrow_a_statement(buyer, author):
    fill(author, [500])
    steps.buy(buyer, factories.make_item(author=author, price_cents=1000))
    photo = factories.make_item(
        author=author, site="photos", category="nature/landscapes", price_cents=2000
    )
    steps.buy(buyer, photo, licence=photo.card["licence"])

    assert [row.amount_cents for row in pages(author, group="sales")] == [2000, 1000]
    assert [row.amount_cents for row in pages(author, group="adjustments")] == [500]
    of_site = pages(author, site_id=photo.site_id)
    assert [row.amount_cents for row in of_site] == [-750, 2000]
    assert pages(author, site_id=photo.site_id, group="payouts") == []


def test_a_rare_line_is_found_however_many_others_there_are(author, monkeypatch):
    monkeypatch.setattr(accounts, "CHUNK", 10)
    monkeypatch.setattr(accounts, "LOOKED_THROUGH", 30)
    fill(author, range(1, 101))

    first = selectors.statement_page(user_id=author.pk, wanted=Wanted(group="sales"))

    assert first.rows == []
    assert first.next_cursor
    assert first.looked_until == datetime(2030, 1, 1, tzinfo=UTC) + timedelta(hours=70)
    assert pages(author, group="sales") == []
    assert len(pages(author, group="adjustments")) == 100


@pytest.mark.django_db(transaction=True)  # ANALYZE commits
def test_any_filter_reads_by_the_accounts_index_and_no_more_than_it_may(author, monkeypatch):
    if connection.vendor != "mysql":
        pytest.fail("this test explains MariaDB's and MySQL's plans: give it such a DATABASE_URL")
    monkeypatch.setattr(accounts, "LOOKED_THROUGH", 1_000)
    fill(factories.make_author(), [1] * 6_000)
    fill(author, [1] * 6_000, step=timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE payments_line, payments_transfer, payments_account")
        cursor.fetchall()
    day = datetime(2030, 1, 3, tzinfo=UTC).date()

    for wanted in (
        Wanted(),
        Wanted(group="payouts"),
        Wanted(site_id=5),
        Wanted(since=day, until=day, group="sales"),
    ):
        with CaptureQueriesContext(connection) as captured, indexed_only():
            selectors.statement_page(user_id=author.pk, wanted=wanted)
        assert len(captured) < 75  # at most 32 for each end of a stretch of time
    with indexed_only():
        list(selectors.export(user_id=author.pk, wanted=Wanted(since=day)))


def test_an_export_has_every_column_of_every_line_oldest_first(buyer, author, client_for):
    name = '=HYPERLINK("x")'
    steps.buy(buyer, factories.make_item(author=author, name=name, price_cents=1000))
    client = client_for("account", author)

    table = client.get("/statement/statement.csv").getvalue().decode()
    listed = json.loads(client.get("/statement/statement.json").getvalue())

    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert list(rows[0]) == list(COLUMNS)
    assert [(row["amount"], row["balance"]) for row in rows] == [
        ("10.00", "10.00"),
        ("-3.75", "6.25"),
    ]
    assert rows[0]["detail"] == f"'{name}"
    assert listed[0]["detail"] == name
    assert [row["amount"] for row in listed] == ["10.00", "-3.75"]
    assert rows[0]["site"] == "Graphics Shelf"
    assert buyer.email not in table
    assert buyer.username not in table


def test_an_empty_export_is_still_a_table_and_a_list(buyer, client_for):
    client = client_for("account", buyer)

    assert client.get("/statement/statement.csv").getvalue().decode().count("\r\n") == 1
    assert json.loads(client.get("/statement/statement.json").getvalue()) == []


@pytest.mark.parametrize("written", [csv_lines, json_lines])
def test_an_export_of_many_lines_takes_the_memory_of_a_few(author, written, monkeypatch):
    monkeypatch.setattr(accounts, "EXPORT_CHUNK", 100)
    fill(author, [1] * 2_000)

    def peak(**wanted):
        tracemalloc.start()
        rows = selectors.export(user_id=author.pk, wanted=Wanted(**wanted))
        count = sum(1 for _ in written(rows))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return count, most

    peak(until=datetime(2030, 1, 2, tzinfo=UTC).date())  # what is loaded once
    some, few = peak(until=datetime(2030, 1, 17, tzinfo=UTC).date())
    all_of_it, many = peak()

    assert all_of_it > 4 * some > 1_500
    assert many < 1.2 * few


def test_a_line_opens_to_its_journal(author, client_for):
    buyer = factories.make_user(username="zelda")
    item = factories.make_item(author=author, name="Blue icons", price_cents=1000)
    order = steps.buy(buyer, item)
    line = Line.objects.get(account__kind="author_earnings", cents__gt=0)
    client = client_for("account", author)

    page = client.get(f"/statement/lines/{line.pk}/").content.decode()

    assert f"/statement/lines/{line.pk}/" in client.get("/statement/").content.decode()
    for words in ("Item price", "Buyer fee", "37.5%", "Your earnings", "$6.25", "$10.00"):
        assert words in page
    assert "author fee" in page
    for secret in (buyer.username, buyer.email, order.key.hex):
        assert secret not in page


def test_a_buyer_opens_a_purchase_to_its_journal(buyer, author, client_for):
    order = steps.buy(buyer, factories.make_item(author=author, name="Blue icons"))
    line = OrderLine.objects.get()
    client = client_for("account", buyer)

    statement = client.get("/statement/").content.decode()
    page = client.get(f"/statement/purchases/{line.pk}/").content.decode()

    assert f"/statement/purchases/{line.pk}/" in statement
    assert order.key.hex[:8] in statement
    for words in ("You paid", "The author got", "Payment service", "The author’s earnings"):
        assert words in page
    assert author.email not in page


def test_a_purchase_names_its_invoice(buyer, client_for):
    steps.buy(buyer, factories.make_item())
    run_jobs(["default"])

    assert "INV-" in client_for("account", buyer).get("/statement/?of=purchases").content.decode()


def test_nobody_opens_a_journal_of_others(buyer, author, client_for):
    steps.buy(buyer, factories.make_item(author=author))
    other = client_for("account", factories.make_author())
    ours = Line.objects.get(account__kind="buyer_fees")

    for line in (*Line.objects.filter(account__kind="author_earnings"), ours):
        assert other.get(f"/statement/lines/{line.pk}/").status_code == 404
    assert client_for("account", author).get(f"/statement/lines/{ours.pk}/").status_code == 404
    line = OrderLine.objects.get()
    for client in (other, client_for("account", author)):
        assert client.get(f"/statement/purchases/{line.pk}/").status_code == 404
    assert other.get(f"/statement/lines/{10**30}/").status_code == 404


def test_what_is_about_no_order_has_a_journal_too(author, client_for):
    fill(author, [100])
    line = Line.objects.get(account__kind="author_earnings")

    page = client_for("account", author).get(f"/statement/lines/{line.pk}/").content.decode()

    assert "Seven Shelves, adjustments" in page


def test_credit_has_a_statement_of_its_own(buyer, client_for):
    fill(buyer, [2500, 100], kind=Account.Kind.BUYER_CREDIT)

    page = client_for("account", buyer).get("/statement/?of=credit").content.decode()

    assert "$26" in page
    assert [row.amount_cents for row in pages(buyer, of="credit")] == [100, 2500]
