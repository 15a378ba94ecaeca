"""What surrounds a task in a worker: its deadline, and the heartbeat of its lease."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

import structlog
from django.db import Error, connection

from market.jobs import services
from market.jobs.models import Job

GRACE_SECONDS = 30

log = structlog.get_logger(__name__)


class DeadlineExceeded(services.JobInterrupted):
    """The task took longer than its deadline_seconds."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise DeadlineExceeded in the main thread, and in it alone, after so many seconds."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise DeadlineExceeded(f"took longer than {seconds} s")

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except DeadlineExceeded:
        # It may have struck inside BEGIN or COMMIT: a new connection is surely in no transaction.
        connection.close()
        connection.connect()
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


class Heartbeat:
    """Extends a job's lease from a thread while the job runs.

    A signal's handler waits for C code to return. When even that is long overdue the thread ends
    the process: the system starts it again, and the job comes back once its lease is over.
    """

    def __init__(self, job: Job, *, lease_seconds: float) -> None:
        self.job = job
        self.lease_seconds = lease_seconds
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._beat, name=f"heartbeat-{job.pk}", daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.thread.join()

    def _beat(self) -> None:
        last = time.monotonic() + self.job.deadline_seconds + GRACE_SECONDS
        try:
            while not self.over.wait(self.lease_seconds / 3):
                if time.monotonic() > last:
                    log.critical("job_hangs", job=self.job.pk, task=self.job.task_path)
                    os._exit(1)
                self._extend()
        finally:
            connection.close()  # this thread's own

    def _extend(self) -> None:
        try:
            if not services.heartbeat(job=self.job, lease_seconds=self.lease_seconds):
                log.warning("job_lease_lost", job=self.job.pk, task=self.job.task_path)
        except Error:  # the database is away; the next beat may reach it
            log.warning("heartbeat_failed", job=self.job.pk, exc_info=True)
            connection.close()
