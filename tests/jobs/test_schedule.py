from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from market.jobs import schedule
from market.jobs.models import Job, Schedule
from tests.jobs import tasks

HOURLY = ("leave-hourly", tasks.leave.module_path, 3600)


@pytest.fixture(autouse=True)
def _only_this_schedule(settings, monkeypatch):
    monkeypatch.setattr(schedule, "OWN", [])
    settings.JOBS_SCHEDULE = [HOURLY]


def make_due() -> None:
    Schedule.objects.update(next_at=timezone.now() - timedelta(days=2))


def finish_jobs() -> None:
    Job.objects.update(state="done")


def test_a_task_is_enqueued_at_first_sight_and_then_when_it_is_due(db):
    assert [schedule.tick(), schedule.tick()] == [1, 0]
    finish_jobs()
    make_due()
    assert [schedule.tick(), schedule.tick()] == [1, 0]  # two days were missed: once is enough

    wait = Schedule.objects.get().next_at - timezone.now()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


def test_jobs_do_not_pile_up_behind_a_queue_that_stands_still(db):
    schedule.tick()
    make_due()

    assert schedule.tick() == 0

    assert Job.objects.count() == 1


def test_a_shorter_interval_holds_at_once(db, settings):
    schedule.tick()
    finish_jobs()
    settings.JOBS_SCHEDULE = [(*HOURLY[:2], 60)]

    assert schedule.tick() == 1


def test_a_task_that_does_not_exist_stops_no_other(db, settings):
    settings.JOBS_SCHEDULE = [("gone", "tests.jobs.tasks.gone", 60), HOURLY]

    assert schedule.tick() == 1

    assert [found.id for found in schedule.check_schedule()] == ["jobs.E001"]


def test_the_check_of_the_settings_finds_nothing_wrong():
    assert schedule.check_schedule() == []


def test_nothing_due_costs_one_query(db, django_assert_num_queries):
    schedule.tick()

    with django_assert_num_queries(1):
        schedule.tick()


@pytest.mark.django_db(transaction=True)
def test_schedulers_at_once_enqueue_once():
    schedule.tick()
    finish_jobs()
    for _ in range(5):
        make_due()
        _tick_at_once(4)
        assert Job.objects.filter(state="ready").count() == 1
        finish_jobs()


def _tick_at_once(number: int) -> None:
    together = Barrier(number)

    def run() -> None:
        together.wait()
        schedule.tick()
        connection.close()

    threads = [Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_command_prunes(db, capsys):
    tasks.leave.enqueue()
    Job.objects.update(state="done", available_at=timezone.now() - timedelta(days=3))

    call_command("prune_jobs")
    call_command("prune_jobs", days=2)

    assert capsys.readouterr().out == "0 jobs deleted\n1 jobs deleted\n"
