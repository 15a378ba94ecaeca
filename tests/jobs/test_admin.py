import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from market.jobs.admin import DeadJobAdmin, JobAdmin
from market.jobs.models import DeadJob, Job
from market.jobs.testing import run_jobs
from tests.jobs import tasks


@pytest.fixture
def request_of_staff(db, rf: RequestFactory):
    request = rf.get("/")
    request.user = get_user_model()(is_staff=True, is_superuser=True, is_active=True)
    request._messages = CookieStorage(request)
    return request


@pytest.fixture
def dead_admin() -> DeadJobAdmin:
    return DeadJobAdmin(DeadJob, admin.site)


def test_dead_jobs_are_listed_with_the_reason_and_retried(request_of_staff, dead_admin):
    tasks.break_down.enqueue()
    Job.objects.update(max_attempts=1)
    run_jobs(raise_errors=False)
    tasks.note.enqueue("none", "none")

    listed = dead_admin.get_queryset(request_of_staff)
    assert [dead_admin.reason(job) for job in listed] == ["RuntimeError: out of paper: ?"]
    assert "retry" in dead_admin.get_actions(request_of_staff)
    dead_admin.retry(request_of_staff, listed)

    assert set(Job.objects.values_list("state", "attempts")) == {("ready", 0)}
    assert [str(message) for message in get_messages(request_of_staff)] == ["1 job is ready again."]


def test_only_who_may_retry_is_offered_it(request_of_staff, dead_admin):
    request_of_staff.user = AnonymousUser()

    assert dead_admin.get_actions(request_of_staff) == {}


def test_nobody_edits_jobs(request_of_staff):
    jobs = JobAdmin(Job, admin.site)

    assert not jobs.has_add_permission(request_of_staff)
    assert not jobs.has_change_permission(request_of_staff)
    assert not jobs.has_delete_permission(request_of_staff)
    assert jobs.has_view_permission(request_of_staff)
