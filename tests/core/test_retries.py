"""Deadlocks on a real server: the whole transaction is done again, and nobody sees it."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from market.core.db import retries
from market.core.db.retries import retried
from market.payments import ledger
from market.payments.models import Balance

on_mysql = pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite locks as a whole")


@pytest.fixture
def accounts():
    sides = [ledger.earnings_of(1), ledger.earnings_of(2)]
    ledger.open_accounts(sides=sides, currency="USD")
    return list(Balance.objects.order_by("pk").values_list("pk", flat=True))


def add_to_both(first, second, both_hold_one, tries):
    """Locks two rows one by one; at the first try the other one is held by somebody else."""

    @retried
    def add():
        tries.append(first)
        own = Balance.objects.select_for_update().get(pk=first)
        if tries.count(first) == 1:
            both_hold_one.wait(timeout=10)
        other = Balance.objects.select_for_update().get(pk=second)
        for one in (own, other):
            one.lifetime_cents += 1
            one.save(update_fields=["lifetime_cents"])

    try:
        add()
    finally:
        connection.close()


@on_mysql
@pytest.mark.django_db(transaction=True)
def test_of_two_that_deadlock_both_succeed(accounts):
    tries, gate = [], threading.Barrier(2)
    threads = [
        threading.Thread(target=add_to_both, args=(*pair, gate, tries))
        for pair in (accounts, accounts[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert list(Balance.objects.values_list("lifetime_cents", flat=True)) == [2, 2]
    assert len(tries) == 3


def failing(code, times):
    calls = []

    @retried
    def work():
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError(code, "as MySQL says it")
        return len(calls)

    return work, calls


@pytest.mark.django_db(transaction=True)
def test_it_is_tried_three_times_and_no_more(monkeypatch):
    monkeypatch.setattr(retries, "PAUSE_SECONDS", 0)
    work, _ = failing(retries.DEADLOCK, 2)
    assert work() == 3

    work, calls = failing(retries.LOCK_WAIT, 3)
    with pytest.raises(OperationalError):
        work()
    assert len(calls) == 3


@pytest.mark.django_db(transaction=True)
def test_after_a_lost_connection_nothing_is_repeated():
    work, calls = failing(2013, 1)

    with pytest.raises(OperationalError):
        work()
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_the_outer_one_decides():
    work, calls = failing(retries.DEADLOCK, 1)

    with pytest.raises(OperationalError), transaction.atomic():
        work()
    assert len(calls) == 1
