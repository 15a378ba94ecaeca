"""Authors are paid once a month what has cleared, once, and see what became of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import connections, transaction

from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.errors import (
    GatewayUnavailable,
    NothingToPayOut,
)
from market.payments.gateways.base import GatewayPayout, PayoutState
from market.payments.ledger import Move, Side
from market.payments.models import (
    Line,
    Payout,
    PayoutBatch,
    SandboxPayout,
)
from market.payments.selectors import payouts as reads
from market.payments.selectors.ledger import trial_balance
from market.payments.selectors.payouts import ItemSales, SaleFacts
from market.payments.services import payout_steps, payouts
from tests import factories
from tests.payments.payout_acts import (
    FACTS,
    NOW,
    balance,
    batch,
    connect,
    cut_off,
    earn,
    states,
)


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.mark.django_db
def test_what_has_cleared_leaves_the_account_and_arrives(author):
    earn(author, 10_000)
    earn(author, 3000, number=2, at=datetime(2026, 11, 1, tzinfo=UTC))
    connect(author)

    payout = cut_off(author)
    assert (payout.gross_cents, payout.cents, payout.state) == (10_000, 10_000, "scheduled")
    assert balance(author) == 3000
    assert ledger.balance(kind="payouts") == 10_000
    payout_steps.work_off(now=datetime(2026, 11, 16, tzinfo=UTC))
    run_jobs(["default"])
    payout_steps.work_off(now=datetime(2026, 11, 16, tzinfo=UTC))

    payout.refresh_from_db()
    assert states(payout) == ["accrued", "cut_off", "scheduled", "sent", "settled"]
    assert ledger.balance(kind="payouts") == 0
    assert ledger.balance(kind="gateway", scope="sandbox") == -3000
    assert trial_balance().is_sound


@pytest.mark.django_db
def test_nothing_is_sent_before_its_day(author):
    earn(author, 10_000)
    connect(author)
    cut_off(author)

    payout_steps.work_off(now=datetime(2026, 11, 15, 23, tzinfo=UTC))

    assert batch().pay_on == date(2026, 11, 16)  # the 15th is a Sunday
    assert not SandboxPayout.objects.exists()


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2026, 11, 16), (2026, 12, 15), (2026, 8, 17), (2027, 5, 17)]
)
def test_it_is_paid_on_the_fifteenth_or_the_next_working_day(year, month, day):
    assert reads.pay_day(year, month) == date(year, month, day)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 7, 23, 59, tzinfo=UTC), date(2026, 11, 16)),
        (datetime(2026, 11, 8, tzinfo=UTC), date(2026, 12, 15)),
        (datetime(2026, 12, 31, tzinfo=UTC), date(2027, 1, 15)),
    ],
)
def test_the_next_day_of_payment_is_that_of_the_next_cut_off(now, day):
    assert reads.next_pay_day(now) == day


@pytest.mark.django_db
def test_a_batch_is_opened_on_the_day_of_its_cut_off_and_is_one():
    assert payouts.open_batch(now=datetime(2026, 11, 7, 23, 59, tzinfo=UTC)) is None

    assert batch(datetime(2026, 11, 8, tzinfo=UTC)) == batch(NOW)
    assert batch().cleared_until == datetime(2026, 10, 9, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("cents", [0, 1, 4999])
def test_below_the_threshold_nothing_is_paid(author, cents):
    if cents:
        earn(author, cents)
    connect(author)

    with pytest.raises(NothingToPayOut):
        cut_off(author)

    assert not Payout.objects.exists()
    assert balance(author) == cents


@pytest.mark.django_db
def test_whoever_says_not_where_to_is_not_paid(author):
    earn(author, 10_000)

    with pytest.raises(NothingToPayOut):
        cut_off(author)


@pytest.mark.django_db
def test_a_refund_of_what_is_clearing_does_not_hold_back_what_has_cleared(author):
    earn(author, 10_000)
    earn(author, 3000, number=2, at=datetime(2026, 11, 1, tzinfo=UTC))
    connect(author)
    with transaction.atomic():
        ledger.book(
            [Move(source="refund:1", code="refund_sale", cents=3000,
                  payer=ledger.earnings_of(author.pk), receiver=Side("clearing"))],
            currency="USD",
        )  # fmt: skip
    facts = SaleFacts(sold_since=lambda sources, _: set(sources), item_sales=FACTS.item_sales)

    assert cut_off(author, facts=facts).gross_cents == 10_000
    assert balance(author) == 0


@pytest.mark.django_db
def test_a_refund_of_what_had_cleared_lessens_it(author):
    earn(author, 10_000)
    earn(author, 3000, number=2, at=datetime(2026, 11, 1, tzinfo=UTC))
    connect(author)
    with transaction.atomic():
        ledger.book(
            [Move(source="refund:1", code="refund_sale", cents=2000,
                  payer=ledger.earnings_of(author.pk), receiver=Side("clearing"))],
            currency="USD",
        )  # fmt: skip

    assert cut_off(author).gross_cents == 8000


@pytest.mark.django_db
def test_what_clears_is_read_from_the_newest_lines_alone(author, django_assert_num_queries):
    for number in range(5):
        earn(author, 1000, number=number)
    account = Line.objects.filter(account__kind="author_earnings").first().account_id

    with django_assert_num_queries(3):
        reads.clearing(account_id=account, since=reads.clears_since(NOW), facts=FACTS)


@pytest.mark.django_db
def test_what_comes_back_is_the_authors_again_and_paid_next_time(author):
    earn(author, 10_000)
    connect(author)
    payout = cut_off(author)
    payout_steps.work_off(now=datetime(2026, 11, 16, tzinfo=UTC))
    SandboxPayout.objects.update(status="bounced")

    payout_steps.work_off(now=datetime(2026, 11, 16, tzinfo=UTC))

    payout.refresh_from_db()
    assert payout.state == "bounced"
    assert balance(author) == 10_000
    assert ledger.balance(kind="payouts") == 0
    later = cut_off(author, now=datetime(2026, 12, 9, tzinfo=UTC))
    assert (later.cents, later.covers_from) == (10_000, payout.covers_until)


@pytest.mark.django_db
def test_what_comes_back_after_it_had_arrived_is_booked_too(author):
    earn(author, 10_000)
    connect(author)
    payout = cut_off(author)
    answers = [
        GatewayPayout(ref="po_1", key=payout.idempotency_key, state=state, cents=10_000)
        for state in (PayoutState.PAID, PayoutState.FAILED, PayoutState.PAID, PayoutState.PENDING)
    ]

    for answer in answers * 2:
        payout_steps.keep_answer(payout=payout, answer=answer)

    assert states(payout) == ["accrued", "cut_off", "scheduled", "sent", "settled", "bounced"]
    assert balance(author) == 10_000
    assert ledger.balance(kind="gateway", scope="sandbox") == -10_000
    assert trial_balance().is_sound


@pytest.mark.django_db
def test_an_unknown_outcome_is_asked_for_with_the_same_key(author, settings):
    earn(author, 10_000)
    connect(author)
    payout = cut_off(author)
    settings.PAYMENTS_URL = "sandbox://?fault=pay_out"
    for _ in range(3):
        with pytest.raises(GatewayUnavailable):
            payout_steps.send(payout=payout)
    settings.PAYMENTS_URL = "sandbox://"

    payout = payout_steps.send(payout=payout)

    assert payout.state == "sent"
    assert SandboxPayout.objects.get().idempotency_key == f"po:{payout.pk}"


@pytest.mark.django_db
def test_a_month_can_be_cut_off_again_and_again(author):
    earn(author, 10_000)
    connect(author)
    first = cut_off(author)
    earn(author, 9000, number=2)

    assert cut_off(author) == first
    assert payouts.fill_batch(batch=batch(), facts=FACTS) == 1
    assert Payout.objects.count() == 1
    assert PayoutBatch.objects.get().closed_at is not None


@pytest.mark.django_db
def test_one_author_who_fails_keeps_no_other_and_the_batch_stays_open(author):
    other = factories.make_author()
    for number, one in enumerate((author, other)):
        earn(one, 10_000, number=number)
        connect(one)

    def fails(author_id, *_):
        if author_id == author.pk:
            raise ValueError("made to fail")
        return ItemSales(0, 0)

    broken = SaleFacts(sold_since=FACTS.sold_since, item_sales=fails)
    assert payouts.fill_batch(batch=batch(), facts=broken) == 1
    assert batch().closed_at is None

    assert payouts.fill_batch(batch=batch(), facts=FACTS) == 1
    assert {one.author_id for one in Payout.objects.all()} == {author.pk, other.pk}


@pytest.mark.django_db
def test_one_who_is_locked_out_is_not_paid(author):
    earn(author, 10_000)
    connect(author)
    author.is_active = False
    author.save(update_fields=["is_active"])

    assert cut_off(author).held_for == "author_locked"


@pytest.mark.django_db(transaction=True)
def test_two_cut_offs_at_once_take_the_money_once():
    author = factories.make_author()
    earn(author, 10_000)
    connect(author)
    month = batch()

    def attempt(_):
        try:
            return payouts.cut_off(batch=month, author_id=author.pk, currency="USD", facts=FACTS).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(attempt, range(4)))

    assert len(made) == Payout.objects.count() == 1
    assert balance(author) == 0
    assert trial_balance().is_sound


@pytest.mark.django_db(transaction=True)
def test_sent_at_once_by_many_it_is_one_payout_at_the_gateway():
    author = factories.make_author()
    earn(author, 10_000)
    connect(author)
    payout = cut_off(author)

    def attempt(_):
        try:
            payout_steps.send(payout=Payout.objects.get(pk=payout.pk))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(attempt, range(4)))

    assert SandboxPayout.objects.count() == 1
    assert states(payout).count("sent") == 1
