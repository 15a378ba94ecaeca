"""The queue table as a backend of Django's Tasks.

from django_tasks import task

@task(queue_name="mail", max_attempts=8, deadline_seconds=120)
def send_receipt(order_id: int) -> None: ...

send_receipt.enqueue(order_id=order.pk)
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

import structlog
from django.core.checks import CheckMessage
from django.utils import timezone
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from market.jobs.clock import DatabaseNow
from market.jobs.loading import find_task
from market.jobs.models import Job
from market.jobs.schedule import check_schedule

P = ParamSpec("P")
T = TypeVar("T")

STATUS = {
    Job.State.READY: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.DEAD: TaskResultStatus.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[P, T]):
    """What `@task(…)` makes; it takes these settings beside Django's own."""

    max_attempts: int = 5
    deadline_seconds: int = 60


def cause() -> dict[str, str]:
    """The request that a job comes from, through other jobs too: one id leads to all lines."""
    bound = structlog.contextvars.get_contextvars()
    return {name: str(bound[name]) for name in ("request_id", "trace_id") if name in bound}


class DatabaseBackend(BaseTaskBackend):
    task_class = JobTask
    supports_defer = True
    supports_get_result = True

    def validate_task(self, task: Task[..., Any]) -> None:
        super().validate_task(task)
        if not isinstance(task, JobTask) or task.max_attempts < 1 or task.deadline_seconds < 1:
            raise InvalidTaskError("max_attempts and deadline_seconds must be at least 1.")

    def enqueue(self, task: Task[P, T], args: Any, kwargs: Any) -> TaskResult[T]:
        """Write the job in the caller's transaction: both are committed, or neither."""
        self.validate_task(task)
        assert isinstance(task, JobTask)  # noqa: S101  # validate_task saw to it; for mypy
        job = Job.objects.create(
            queue=task.queue_name,
            available_at=task.run_after or DatabaseNow(),
            task_path=task.module_path,
            arguments={"args": normalize_json(args), "kwargs": normalize_json(kwargs)} | cause(),
            max_attempts=task.max_attempts,
            deadline_seconds=task.deadline_seconds,
            created_at=DatabaseNow(),
        )
        return result_of(job, task, enqueued_at=timezone.now())

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return check_schedule()

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """The state of a job. What a task returns is not kept: results are rows of the domain."""
        try:
            job = Job.objects.get(pk=int(result_id))
        except (Job.DoesNotExist, ValueError) as error:
            raise TaskResultDoesNotExist(result_id) from error
        return result_of(job, find_task(job.task_path), enqueued_at=job.created_at)


def result_of(job: Job, task: Task[P, T], *, enqueued_at: datetime) -> TaskResult[T]:
    return TaskResult(
        task=task,
        id=str(job.pk),
        status=STATUS[Job.State(job.state)],
        enqueued_at=enqueued_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.started_at,
        args=job.arguments["args"],
        kwargs=job.arguments["kwargs"],
        backend=task.backend,
        errors=[],  # Job.last_error has the text
        worker_ids=[job.worker] * job.attempts,
    )
