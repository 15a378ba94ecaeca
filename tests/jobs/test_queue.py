from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task_backends
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist

from market.jobs import selectors, services
from market.jobs.loading import UnknownTask
from market.jobs.models import Job
from market.jobs.testing import run_jobs
from tests.jobs import tasks
from tests.jobs.processes import words

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]


@pytest.fixture
def notes(tmp_path) -> Path:
    return tmp_path / "notes"


def make_due() -> None:
    Job.objects.update(available_at=timezone.now() - timedelta(seconds=1))


def make_lease_end() -> None:
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def claim() -> Job:
    job = services.claim(queue="default", worker="w")
    assert job is not None
    return job


def test_a_job_runs_with_its_arguments(notes):
    tasks.note.enqueue(str(notes), word="done")

    assert run_jobs() == 1
    assert words(notes) == ["done"]
    job = Job.objects.get()
    assert (job.state, job.attempts, job.lease_until) == ("done", 1, None)
    assert job.created_at <= job.started_at <= job.finished_at


def test_a_rolled_back_transaction_takes_its_jobs_with_it(notes):
    with transaction.atomic():
        tasks.note.enqueue(str(notes), word="done")
        assert Job.objects.count() == 1
        transaction.set_rollback(True)

    assert run_jobs() == 0
    assert not Job.objects.exists()


def test_a_job_for_later_waits(notes):
    later = tasks.note.using(run_after=timezone.now() + timedelta(hours=1))
    later.enqueue(str(notes), word="done")

    assert run_jobs() == 0
    make_due()
    assert run_jobs() == 1


def test_queues_take_turns(notes):
    for word in ("one", "two"):
        tasks.note.enqueue(str(notes), word)
        tasks.note_mail.enqueue(str(notes), f"mail {word}")

    run_jobs(["default", "mail"])

    assert words(notes) == ["one", "mail one", "two", "mail two"]


def test_the_result_tells_how_a_job_stands(notes):
    result = tasks.note.enqueue(str(notes), word="done")
    assert result.status == TaskResultStatus.READY

    run_jobs()
    result.refresh()

    assert result.status == TaskResultStatus.SUCCESSFUL
    assert tasks.note.get_result(result.id).kwargs == {"word": "done"}


@pytest.mark.parametrize("unknown", ["0", "none"])
def test_the_result_of_no_job(unknown):
    with pytest.raises(TaskResultDoesNotExist):
        task_backends["default"].get_result(unknown)


def test_a_queue_that_nobody_works_off_is_refused():
    with pytest.raises(InvalidTaskError, match="'sprots'"):
        tasks.note.using(queue_name="sprots")


def test_a_task_may_know_its_attempt(notes):
    tasks.note_attempt.enqueue(str(notes))

    run_jobs()

    assert words(notes) == ["attempt 1"]


def test_a_failed_job_is_tried_again_later_and_dies_in_the_end():
    tasks.break_down.enqueue()

    assert run_jobs(raise_errors=False) == 1
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("ready", 1)
    assert "RuntimeError: out of paper: ?" in job.last_error
    for _ in range(2):
        make_due()
        run_jobs(raise_errors=False)

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("dead", 3)
    make_due()
    assert run_jobs() == 0
    assert selectors.dead_count() == 1


def test_errors_of_jobs_are_raised_in_tests():
    tasks.break_down.enqueue()

    with pytest.raises(RuntimeError, match="out of paper"):
        run_jobs()


def test_leaving_the_process_is_a_failure():
    tasks.leave.enqueue()

    run_jobs(raise_errors=False)

    assert "SystemExit: 3" in Job.objects.get().last_error


def test_backoff_grows_and_is_spread_over_its_whole_length():
    for attempts, longest in [(1, 10), (2, 20), (3, 40), (5, 160), (20, 3600)]:
        waits = [services.backoff_seconds(attempts) for _ in range(400)]
        assert 0 <= min(waits) < longest * 0.1
        assert longest * 0.9 < max(waits) <= longest


def test_a_failure_is_put_off_by_the_backoff(monkeypatch):
    monkeypatch.setattr(services, "backoff_seconds", lambda attempts: 100 * attempts)
    tasks.break_down.enqueue()

    run_jobs(raise_errors=False)

    wait = Job.objects.get().available_at - timezone.now()
    assert timedelta(seconds=95) < wait <= timedelta(seconds=100)


@pytest.mark.parametrize(
    "change",
    [
        {"task_path": "tests.jobs.tasks.of_tomorrow"},
        {"task_path": "tests.jobs.no_module.note"},
        {"task_path": "tests.jobs.tasks.Path"},
        {"arguments": {"args": [], "kwargs": {"path": "x", "colour": "red"}}},
    ],
)
def test_a_job_of_another_release_is_parked_without_losing_an_attempt(notes, change):
    tasks.note.enqueue(str(notes), "done")
    Job.objects.update(**change)

    with pytest.raises(UnknownTask):
        run_jobs()

    job = Job.objects.get()
    assert (job.state, job.attempts) == ("ready", 0)
    assert job.available_at > timezone.now() + timedelta(seconds=50)
    assert job.last_error


def test_a_parked_job_runs_once_its_release_is_here(notes):
    tasks.note.enqueue(str(notes), "done")
    Job.objects.update(task_path="tests.jobs.tasks.of_tomorrow")
    run_jobs(raise_errors=False)

    Job.objects.update(task_path=tasks.note.module_path)
    make_due()
    run_jobs()

    assert words(notes) == ["done"]


def test_a_job_that_stays_unknown_for_a_week_waits_for_a_person(notes):
    tasks.note.enqueue(str(notes), "done")
    Job.objects.update(
        task_path="tests.jobs.tasks.gone", created_at=timezone.now() - timedelta(days=8)
    )

    run_jobs(raise_errors=False)

    assert Job.objects.get().state == "dead"


def test_a_lost_workers_job_is_given_to_another_and_counts_the_attempt(monkeypatch):
    monkeypatch.setattr(services, "backoff_seconds", lambda _: 0)
    tasks.leave.enqueue()
    lost = claim()

    assert services.reclaim_expired(queues=["default"]) == 0
    make_lease_end()
    assert services.reclaim_expired(queues=["default"]) == 1
    second = claim()

    assert second.attempts == 2
    assert "Worker w was lost in attempt 1" in second.last_error
    assert not services.heartbeat(job=lost)
    assert not services.finish(job=lost)
    assert not services.fail(job=lost, error="late")
    assert services.heartbeat(job=second)
    assert services.finish(job=second)


def test_a_heartbeat_keeps_the_job():
    tasks.leave.enqueue()
    job = claim()
    make_lease_end()

    assert services.heartbeat(job=job)

    assert services.reclaim_expired(queues=["default"]) == 0


def test_staff_can_retry_dead_jobs_only(notes):
    tasks.note.enqueue(str(notes), "done")
    Job.objects.update(state="dead", attempts=5, finished_at=timezone.now())
    dead = Job.objects.get()
    tasks.note.enqueue(str(notes), "other")
    ids = list(Job.objects.values_list("pk", flat=True))

    assert services.retry_dead(ids=ids) == 1

    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("ready", 0)
    assert run_jobs() == 2


def test_old_done_jobs_are_pruned_and_all_others_stay(notes):
    for _ in range(5):
        tasks.note.enqueue(str(notes), "done")
    new, *others = Job.objects.order_by("id")
    Job.objects.update(available_at=timezone.now() - timedelta(days=8), state="done")
    Job.objects.filter(pk=new.pk).update(available_at=timezone.now())
    Job.objects.filter(pk=others[0].pk).update(state="dead")

    assert services.prune(batch_size=2) == 3

    assert set(Job.objects.values_list("state", flat=True)) == {"done", "dead"}


def test_the_age_of_a_queue_is_that_of_its_oldest_due_job(notes, django_assert_num_queries):
    tasks.note.enqueue(str(notes), "one")
    Job.objects.update(available_at=timezone.now() - timedelta(seconds=90))
    tasks.note.enqueue(str(notes), "two")
    tasks.note_mail.using(run_after=timezone.now() + timedelta(hours=1)).enqueue("x", "y")

    with django_assert_num_queries(4):
        ages = selectors.queue_ages()

    assert list(ages) == ["default", "media", "search", "mail"]
    assert 90 <= ages["default"] < 95
    assert [ages["media"], ages["search"], ages["mail"]] == [0, 0, 0]
