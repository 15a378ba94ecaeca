"""The life of a job. Every change of a running job is conditional on still holding its claim."""

import inspect
import random
import time
import traceback
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django_tasks.base import Task, TaskContext

from market.core import error_reports, metrics
from market.jobs.backend import result_of
from market.jobs.clock import DatabaseNow
from market.jobs.loading import UnknownTask, find_task
from market.jobs.models import Job
from market.jobs.selectors import queue_names

LEASE_SECONDS = 60
BACKOFF_SECONDS = 10
BACKOFF_LIMIT_SECONDS = 3600
PARK_SECONDS = 60
PARK_DAYS = 7
KEEP_DAYS = 7
ERROR_CHARACTERS = 8000
# Beside its arguments: where a job comes from (backend.cause).
CAUSE = frozenset({"request_id", "trace_id"})

log = structlog.get_logger(__name__)


class JobInterrupted(BaseException):
    """Stops a task from outside; no `except Exception` of the task may swallow it."""


def claim(*, queue: str, worker: str, lease_seconds: float = LEASE_SECONDS) -> Job | None:
    """The job of the queue that has waited longest, now this worker's until the lease ends."""
    ready = Job.objects.filter(
        queue=queue, state=Job.State.READY, available_at__lte=DatabaseNow()
    ).order_by("available_at", "id")
    # Look first without a lock: on SQLite an idle worker's transactions would hold up writers.
    if not ready.exists():
        return None
    with transaction.atomic():
        # SQLite has no row locks; there, IMMEDIATE transactions exclude each other.
        job = ready.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        # Counted now, so that a job that kills its worker runs out of attempts as well.
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.RUNNING,
            attempts=F("attempts") + 1,
            worker=worker,
            started_at=DatabaseNow(),
            lease_until=DatabaseNow() + timedelta(seconds=lease_seconds),
        )
        job.refresh_from_db()
    return job


def claim_in_turn(
    *, queues: list[str], worker: str, lease_seconds: float = LEASE_SECONDS
) -> Job | None:
    """A job of the first queue that has one; that queue becomes the last of the list."""
    for queue in list(queues):
        job = claim(queue=queue, worker=worker, lease_seconds=lease_seconds)
        if job is not None:
            queues.remove(queue)
            queues.append(queue)
            return job
    return None


def _held(job: Job) -> QuerySet[Job]:
    """The job's row while this claim holds; a worker that lost its lease changes nothing."""
    return Job.objects.filter(
        pk=job.pk, state=Job.State.RUNNING, worker=job.worker, attempts=job.attempts
    )


def heartbeat(*, job: Job, lease_seconds: float = LEASE_SECONDS) -> bool:
    """Extend the lease; False if it was lost."""
    lease_until = DatabaseNow() + timedelta(seconds=lease_seconds)
    return _held(job).update(lease_until=lease_until) == 1


def finish(*, job: Job) -> bool:
    done = _held(job).update(
        state=Job.State.DONE, finished_at=DatabaseNow(), lease_until=None, last_error=""
    )
    return done == 1


def fail(*, job: Job, error: str) -> bool:
    """Try again later, or bury the job after its last attempt. False if the lease was lost."""
    return _give_back(_held(job), job, error)


def _give_back(rows: QuerySet[Job], job: Job, error: str) -> bool:
    if job.attempts >= job.max_attempts:
        return _bury(rows, job, error)
    return _postpone(rows, backoff_seconds(job.attempts), error)


def _postpone(rows: QuerySet[Job], seconds: float, error: str) -> bool:
    changed = rows.update(
        state=Job.State.READY,
        available_at=DatabaseNow() + timedelta(seconds=seconds),
        lease_until=None,
        last_error=_storable(error),
    )
    return changed == 1


def _bury(rows: QuerySet[Job], job: Job, error: str) -> bool:
    log.error("job_dead", job=job.pk, task=job.task_path)
    changed = rows.update(
        state=Job.State.DEAD,
        finished_at=DatabaseNow(),
        lease_until=None,
        last_error=_storable(error),
    )
    return changed == 1


def _storable(error: str) -> str:
    """The end of a traceback says most; lone surrogates are text that no database takes."""
    return error[-ERROR_CHARACTERS:].encode("utf-8", "replace").decode()


def backoff_seconds(attempts: int) -> float:
    """Exponential with full jitter: what failed together does not come back together."""
    longest = min(BACKOFF_LIMIT_SECONDS, BACKOFF_SECONDS * 2 ** (attempts - 1))
    return random.uniform(0, longest)  # noqa: S311  # spreads load, guards nothing


def park(*, job: Job, reason: str) -> bool:
    """Put aside a job that another release understands; no attempt of it is used up."""
    if timezone.now() - job.created_at > timedelta(days=PARK_DAYS):
        return _bury(_held(job), job, reason)
    with transaction.atomic():
        _held(job).update(attempts=F("attempts") - 1)
        job.attempts -= 1
        return _postpone(_held(job), PARK_SECONDS, reason)


def reclaim_expired(*, queues: Sequence[str]) -> int:
    """Give back the jobs of workers that were killed; returns how many."""
    expired = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=DatabaseNow())
    reclaimed = 0
    # One by one by primary key: an UPDATE over the index would deadlock with finishing workers.
    for job in expired.filter(queue__in=queues):
        rows = _held(job).filter(lease_until__lt=DatabaseNow())
        if _give_back(rows, job, f"Worker {job.worker} was lost in attempt {job.attempts}."):
            log.warning("job_reclaimed", job=job.pk, task=job.task_path, worker=job.worker)
            reclaimed += 1
    return reclaimed


def retry_dead(*, ids: Collection[int]) -> int:
    """Make dead jobs ready with all their attempts; returns how many were dead."""
    return Job.objects.filter(pk__in=ids, state=Job.State.DEAD).update(
        state=Job.State.READY, attempts=0, available_at=DatabaseNow(), finished_at=None
    )


def prune(*, days: int = KEEP_DAYS, batch_size: int = 1000) -> int:
    """Delete done jobs that were due before then; dead ones wait for a person."""
    before = DatabaseNow() - timedelta(days=days)
    deleted = 0
    for queue in Job.objects.order_by().values_list("queue", flat=True).distinct():
        old = Job.objects.filter(queue=queue, state=Job.State.DONE, available_at__lt=before)
        while ids := list(old.values_list("pk", flat=True)[:batch_size]):
            deleted += Job.objects.filter(pk__in=ids).delete()[0]
    return deleted


Limit = Callable[[], AbstractContextManager[None]]


def perform(*, job: Job, limit: Limit = nullcontext) -> BaseException | None:
    """Run a claimed job and write down how it ended; returns what it raised.

    `limit` surrounds the task's code only and may raise JobInterrupted in it.
    """
    cause = {name: value for name, value in job.arguments.items() if name in CAUSE}
    with structlog.contextvars.bound_contextvars(
        job=job.pk, task=job.task_path, attempt=job.attempts, **cause
    ):
        started = time.monotonic()
        outcome, error = _perform(job, limit)
        tags = {"task": job.task_path, "queue": job.queue, "outcome": outcome}
        metrics.timing("job", (time.monotonic() - started) * 1000, tags=tags)
        return error


def _perform(job: Job, limit: Limit) -> tuple[str, BaseException | None]:
    try:
        task, args = _prepare(job)
    except UnknownTask as error:
        log.warning("job_parked", reason=str(error))
        park(job=job, reason=str(error))
        return "parked", error
    try:
        with limit():
            task.call(*args, **job.arguments["kwargs"])
    except (Exception, SystemExit, JobInterrupted) as error:
        log.warning("job_failed", exc_info=True)
        error_reports.report(error)
        fail(job=job, error="".join(traceback.format_exception(error)))
        return "failed", error
    if not finish(job=job):
        log.warning("job_lease_lost")
        return "lost", None
    return "done", None


def _prepare(job: Job) -> tuple[Task[..., Any], list[Any]]:
    task = find_task(job.task_path)
    args = list(job.arguments["args"])
    if task.takes_context:
        result = result_of(job, task, enqueued_at=job.created_at)
        args.insert(0, TaskContext(task_result=result))
    try:
        inspect.signature(task.func).bind(*args, **job.arguments["kwargs"])
    except TypeError as error:
        raise UnknownTask(f"{job.task_path}: {error}") from error
    return task, args


def run_ready(*, queues: Sequence[str] | None = None, raise_errors: bool = False) -> int:
    """Work off in this process all that is due now; returns how many jobs ran.

    For commands and tests: no deadline is enforced. A job that fails is retried by a worker,
    unless `raise_errors`; then its exception is raised, once it is written down.
    """
    count = 0
    names = list(queues or queue_names())
    while (job := claim_in_turn(queues=names, worker="run_ready", lease_seconds=600)) is not None:
        error = perform(job=job)
        if error is not None and raise_errors:
            raise error
        count += 1
    return count
