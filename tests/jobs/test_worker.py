"""Real worker processes: killed, stopped, poisoned, several at once."""

import os
import signal
import time

import pytest
from django.db import connection

from market.jobs import limits, services
from market.jobs.models import Job
from market.jobs.worker import Worker
from tests.jobs import tasks
from tests.jobs.processes import running, wait_for, words, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def notes(tmp_path):
    return tmp_path / "notes"


@pytest.fixture
def gate(tmp_path):
    """The file that lets `start_and_wait` end."""
    return tmp_path / "gate"


@pytest.fixture(autouse=True)
def _own_signal_handlers():
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def make_worker(**options) -> Worker:
    return Worker(queues=["default", "mail"], batch=True, with_schedule=False, **options)


def test_a_killed_workers_job_is_done_once_more_by_another(notes, gate):
    tasks.start_and_wait.enqueue(str(notes), str(gate))
    with worker("--lease-seconds", "2") as first:
        wait_for(lambda: words(notes) == ["started"])
        time.sleep(2.5)  # beyond the lease: the heartbeat extends it
        assert services.reclaim_expired(queues=["default"]) == 0
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert Job.objects.get().state == "running"

    gate.touch()
    with worker("--lease-seconds", "2"):
        wait_for(lambda: _hurry(Job.objects.all()) or Job.objects.get().state == "done")

    assert words(notes) == ["started", "started", "ended"]
    assert Job.objects.get().attempts == 2


def test_a_job_that_kills_its_worker_dies_while_others_proceed(notes):
    tasks.kill_own_process.enqueue(str(notes))
    for word in ("one", "two", "three"):
        tasks.note_mail.enqueue(str(notes), word)

    poison = Job.objects.filter(task_path__endswith="kill_own_process")
    with running("tests/jobs/supervisor.py", "0.3"):
        wait_for(lambda: Job.objects.filter(state="done").count() == 3)
        wait_for(lambda: _hurry(poison) or poison.get().state == "dead")

    assert words(notes).count("killed") == 5
    assert sorted(words(notes))[5:] == ["one", "three", "two"]
    assert "was lost in attempt 5" in poison.get().last_error


def _hurry(jobs) -> None:
    """No patience for the backoff."""
    jobs.filter(state="ready").update(available_at="2026-01-01T00:00Z")


def test_two_workers_share_a_queue_and_run_no_job_twice(notes, gate):
    starts = notes.with_name("starts")
    for _ in range(2):
        tasks.start_and_wait.enqueue(str(starts), str(gate))
    expected = [str(number) for number in range(300)]
    for word in expected:
        tasks.note.enqueue(str(notes), word)

    with worker(), worker():
        wait_for(lambda: words(starts) == ["started", "started"])
        gate.touch()
        wait_for(lambda: not Job.objects.exclude(state="done").exists())

    assert sorted(words(notes), key=int) == expected
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}
    assert Job.objects.values("worker").distinct().count() == 2


def test_sigterm_lets_the_job_end_and_takes_no_other(notes, gate):
    tasks.start_and_wait.enqueue(str(notes), str(gate))
    tasks.note.enqueue(str(notes), "other")
    with worker() as process:
        wait_for(lambda: words(notes) == ["started"])
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert process.poll() is None
        gate.touch()
        assert process.wait(timeout=10) == 0

    assert words(notes) == ["started", "ended"]
    assert list(Job.objects.values_list("state", flat=True).order_by("id")) == ["done", "ready"]


def test_a_job_is_stopped_at_its_deadline_even_if_it_catches_exceptions():
    tasks.dawdle.enqueue()
    start = time.monotonic()

    make_worker().run()

    assert time.monotonic() - start < 5
    job = Job.objects.get()
    assert job.state == "ready"
    assert "DeadlineExceeded: took longer than 1 s" in job.last_error


def test_a_deadline_inside_a_transaction_rolls_it_back():
    tasks.dawdle_in_transaction.enqueue()

    make_worker().run()

    assert "DeadlineExceeded" in Job.objects.get().last_error
    assert connection.get_autocommit()
    assert not connection.in_atomic_block


def test_a_job_that_ends_in_time_leaves_no_alarm_behind():
    with limits.deadline(10):
        pass

    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_process_that_hangs_beyond_its_deadline_ends(monkeypatch):
    ended = []
    monkeypatch.setattr(limits, "GRACE_SECONDS", -1)
    monkeypatch.setattr(os, "_exit", ended.append)
    tasks.dawdle.enqueue()
    job = services.claim(queue="default", worker="w")
    assert job is not None

    with limits.Heartbeat(job, lease_seconds=0.1):
        wait_for(lambda: bool(ended))

    assert ended[0] == 1


def test_a_worker_survives_the_loss_of_its_connection(notes):
    if connection.vendor == "sqlite":
        return  # no connection to lose
    one = make_worker()
    one.run()
    tasks.note.enqueue(str(notes), "done")
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION wait_timeout = 1")
    time.sleep(1.5)

    one.run()

    assert words(notes) == ["done"]


def test_a_session_outlasts_a_long_job():
    if connection.vendor == "sqlite":
        return  # sessions do not end there
    tasks.dawdle.enqueue()
    Job.objects.update(deadline_seconds=600, task_path=tasks.leave.module_path)

    make_worker().run()

    with connection.cursor() as cursor:
        cursor.execute("SELECT @@wait_timeout")
        assert cursor.fetchone() == (600,)


def test_what_a_host_must_do_for_itself_is_done_between_jobs(notes):
    calls = []

    make_worker(keep_host=lambda: calls.append(1)).run()

    assert calls == [1]
