"""Each author's month is billed once, whole, and the months join without a gap."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from market.jobs.testing import run_jobs
from market.payments.drawing import draw
from market.payments.models import BillingRun, Document, DocumentKind, DocumentOwed
from market.payments.services import billing
from tests import factories
from tests.payments.test_statement import fill

pytestmark = pytest.mark.django_db
KIND = DocumentKind.SELF_BILLED_STATEMENT


@pytest.fixture
def at(monkeypatch):
    """Sets the clock of the job."""

    def set_clock(*when):
        moment = datetime(*when, tzinfo=UTC)
        monkeypatch.setattr(billing.timezone, "now", lambda: moment)

    return set_clock


def bill():
    made = billing.bill_authors()
    run_jobs(["default"])
    return made


def statements():
    return list(Document.objects.filter(kind=KIND).order_by("pk"))


def test_a_month_is_billed_when_it_is_over(author, at):
    fill(author, [1000, 250], first=datetime(2030, 1, 31, 23, 0, tzinfo=UTC))

    at(2030, 2, 1)
    bill()

    data = statements()[0].data
    assert data["month"] == "2030-01"
    assert data["opening_cents"] == 0
    assert data["movements"] == [{"kind": "adjust_earnings_up", "count": 1, "cents": 1000}]
    assert data["closing_cents"] == 1000
    assert data["seller"]["name"] == "Studio author"


def test_months_join_and_each_line_is_on_one(author, at):
    amounts = [number + 1 for number in range(90)]
    fill(author, amounts, first=datetime(2030, 1, 1, tzinfo=UTC), step=timedelta(days=1))
    for month in (2, 3, 4):
        at(2030, month, 1, 0, 5)
        bill()

    found = [one.data for one in statements()]
    assert [one["month"] for one in found] == ["2030-01", "2030-02", "2030-03"]
    assert [one["movements"][0]["count"] for one in found] == [31, 28, 31]
    for earlier, later in itertools.pairwise(found):
        assert later["opening_cents"] == earlier["closing_cents"]
    assert found[-1]["closing_cents"] == sum(amounts)


def test_a_line_that_a_late_clock_dated_back_is_not_lost(author, at):
    fill(author, [100], first=datetime(2030, 1, 20, tzinfo=UTC))
    at(2030, 2, 1)
    bill()
    fill(author, [7], first=datetime(2030, 1, 31, 23, 59, tzinfo=UTC))  # booked in February
    at(2030, 3, 1)
    bill()

    assert [one.data["closing_cents"] for one in statements()] == [100, 107]


def test_repeating_it_makes_none_twice(author, at):
    fill(author, [100], first=datetime(2030, 1, 20, tzinfo=UTC))
    at(2030, 2, 1)

    assert [bill(), bill()] == [1, 0]
    assert len(statements()) == 1


def test_what_was_broken_off_is_taken_up(sites, at, monkeypatch):
    monkeypatch.setattr(billing, "CHUNK", 2)
    for _ in range(5):
        fill(factories.make_author(), [100], first=datetime(2030, 1, 20, tzinfo=UTC))
    at(2030, 2, 3)
    BillingRun.objects.create(month="2030-01")
    billing._bill_chunk(datetime(2030, 1, 1, tzinfo=UTC))

    bill()

    assert Document.objects.filter(kind=KIND).values("user").distinct().count() == 5
    assert len(statements()) == 5
    assert not DocumentOwed.objects.exists()


def test_months_in_which_the_job_did_not_run_are_made_up_for(author, at):
    fill(author, [1] * 4, first=datetime(2030, 1, 15, tzinfo=UTC), step=timedelta(days=31))
    at(2030, 2, 1)
    bill()
    at(2030, 5, 9)
    bill()

    assert [one.data["month"] for one in statements()] == [
        "2030-01", "2030-02", "2030-03", "2030-04",
    ]  # fmt: skip


def test_an_author_without_movements_gets_none(author, at):
    fill(author, [100], first=datetime(2030, 1, 20, tzinfo=UTC))
    for month in (2, 3):
        at(2030, month, 1)
        bill()

    assert len(statements()) == 1


def test_the_author_reads_it(author, at, client_for):
    fill(author, [123_456], first=datetime(2030, 1, 20, tzinfo=UTC))
    at(2030, 2, 1)
    bill()
    paper = statements()[0]

    page = client_for("account", author).get(f"/documents/{paper.code}/").content.decode()

    assert "January 2030" in page
    assert "$1,234.56" in page
    assert "Self-billing" in draw(paper)
