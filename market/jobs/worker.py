import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Sequence
from types import FrameType

import structlog
from django.db import Error, close_old_connections, connection

from market.jobs import schedule, services
from market.jobs.limits import Heartbeat, deadline
from market.jobs.models import Job

SHORTEST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 1.0
HOUSEKEEPING_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Worker:
    """Runs one job after the other, taking queues in turn, until SIGTERM or SIGINT.

    A signal lets the current job end. Several workers may run anywhere, each in its own process.
    `keep_host` is called between jobs, every few seconds, for what each host must do for itself.
    """

    def __init__(
        self,
        *,
        queues: Sequence[str],
        batch: bool = False,
        with_schedule: bool = True,
        lease_seconds: float = services.LEASE_SECONDS,
        keep_host: Callable[[], object] = lambda: None,
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self.queues = list(queues)
        self.batch = batch
        self.with_schedule = with_schedule
        self.lease_seconds = lease_seconds
        self.keep_host = keep_host
        self.is_stopping = False
        self.housekeeping_due = 0.0

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        log.info("worker_started", worker=self.name, queues=self.queues)
        pause = SHORTEST_PAUSE_SECONDS
        while not self.is_stopping:
            if self._step():
                pause = SHORTEST_PAUSE_SECONDS
                continue
            if self.batch:
                break
            # A signal is noticed after the pause: it is short, and an Event set by a handler
            # could meet its own lock.
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        log.info("worker_stopped", worker=self.name)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _step(self) -> bool:
        """Run one job, if there is one. The database being away is waited out."""
        close_old_connections()
        try:
            self._keep_house()
            job = services.claim_in_turn(
                queues=self.queues, worker=self.name, lease_seconds=self.lease_seconds
            )
            if job is None:
                return False
            self._run(job)
        except Error:
            if self.batch:
                raise
            log.exception("worker_database_error", worker=self.name)
            connection.close()
            return False
        return True

    def _keep_house(self) -> None:
        if time.monotonic() < self.housekeeping_due:
            return
        self.housekeeping_due = time.monotonic() + min(HOUSEKEEPING_SECONDS, self.lease_seconds)
        services.reclaim_expired(queues=self.queues)
        if self.with_schedule:
            schedule.tick()
        self.keep_host()

    def _run(self, job: Job) -> None:
        with Heartbeat(job, lease_seconds=self.lease_seconds):
            _keep_session(job.deadline_seconds)
            services.perform(job=job, limit=lambda: deadline(job.deadline_seconds))


def _keep_session(seconds: int) -> None:
    """Let MySQL keep this session through a job that does not ask it anything for long.

    A web session ends after 30 s, so that the locks of a host that vanished do not last.
    """
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION wait_timeout = %s", [max(30, seconds)])
