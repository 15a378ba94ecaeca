"""A claim reads its own queue only, however long another one is."""

import statistics
import time

import pytest
from django.db import connection

from market.jobs import selectors, services
from market.jobs.models import Job
from tests.explain import indexed_only
from tests.jobs import tasks

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = (
    "queue, state, available_at, task_path, arguments, attempts, max_attempts, deadline_seconds,"
    " worker, last_error, created_at"
)


def fill_mail(count: int) -> None:
    """Older jobs than any other, doubled inside the database."""
    tasks.note_mail.enqueue("none", "none")
    Job.objects.update(available_at="2026-01-01T00:00Z")
    made = 1
    with connection.cursor() as cursor:
        while made < count:
            cursor.execute(
                f"INSERT INTO jobs_job ({COLUMNS}) SELECT {COLUMNS} FROM jobs_job LIMIT %s",
                [min(count - made, 100_000)],  # each statement well within its time
            )
            made += cursor.rowcount
    assert Job.objects.count() == count


@pytest.fixture
def _empty_table_quickly():
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_job")


def rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return sum(int(count) for _, count in cursor.fetchall())


@pytest.mark.usefixtures("_empty_table_quickly")
def test_a_million_jobs_of_one_queue_slow_down_no_claim(tmp_path):
    fill_mail(1_000_000)
    for number in range(20):
        tasks.note.enqueue(str(tmp_path / "notes"), str(number))

    took = []
    for queue, is_found in [*[("default", True)] * 20, ("media", False), ("mail", True)]:
        start, read = time.perf_counter(), rows_read()
        job = services.claim(queue=queue, worker="w")
        took.append(time.perf_counter() - start)
        assert (job is not None) == is_found
        assert rows_read() - read < 50

    assert statistics.quantiles(took, n=10)[-1] < 0.050
    with indexed_only():
        services.reclaim_expired(queues=selectors.queue_names())
        selectors.queue_ages()
