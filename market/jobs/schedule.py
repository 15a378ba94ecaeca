"""Periodic tasks, declared in the settings.

JOBS_SCHEDULE = [("expire-orders", "market.purchases.tasks.expire_orders", 60)]  # seconds
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.conf import settings
from django.core import checks
from django.db import transaction
from django.db.models import Q

from market.jobs.clock import DatabaseNow
from market.jobs.loading import UnknownTask, find_task
from market.jobs.models import Job, Schedule

log = structlog.get_logger(__name__)


class Periodic(NamedTuple):
    name: str
    task_path: str
    every_seconds: int


OWN = [Periodic("prune-jobs", "market.jobs.tasks.prune", 3600)]


def declared() -> list[Periodic]:
    return OWN + [Periodic(*entry) for entry in getattr(settings, "JOBS_SCHEDULE", [])]


def tick() -> int:
    """Enqueue what is due; any number of workers may call this. Returns how many it enqueued."""
    rows = Schedule.objects.annotate(now=DatabaseNow()).values_list("name", "next_at", "now")
    times = {name: (next_at, now) for name, next_at, now in rows}
    count = 0
    for periodic in declared():
        if periodic.name not in times:
            Schedule.objects.get_or_create(name=periodic.name, defaults={"next_at": DatabaseNow()})
        elif not _is_due(periodic, *times[periodic.name]):
            continue
        count += _enqueue(periodic)
    return count


def _is_due(periodic: Periodic, next_at: datetime, now: datetime) -> bool:
    # Far in the future: a new release made it more frequent.
    return not now < next_at <= now + timedelta(seconds=periodic.every_seconds)


@transaction.atomic
def _enqueue(periodic: Periodic) -> bool:
    next_at = DatabaseNow() + timedelta(seconds=periodic.every_seconds)
    # Asked again by the UPDATE itself: one of several callers changes the row.
    due = Schedule.objects.filter(Q(next_at__lte=DatabaseNow()) | Q(next_at__gt=next_at))
    if not due.filter(name=periodic.name).update(next_at=next_at):
        return False
    last = Schedule.objects.filter(name=periodic.name).values("last_job_id")
    # One unfinished job is enough: they do not pile up behind a queue that stands still.
    if Job.objects.filter(pk__in=last, state__in=[Job.State.READY, Job.State.RUNNING]).exists():
        return False
    try:
        result = find_task(periodic.task_path).enqueue()
    except UnknownTask:
        log.exception("schedule_without_task", schedule=periodic.name)
        return False
    Schedule.objects.filter(name=periodic.name).update(last_job_id=int(result.id))
    return True


def check_schedule(**_: object) -> list[checks.CheckMessage]:
    """Part of `manage.py check`: each declared task exists."""
    found: list[checks.CheckMessage] = []
    for periodic in declared():
        try:
            find_task(periodic.task_path)
        except UnknownTask as error:
            found.append(checks.Error(f"JOBS_SCHEDULE {periodic.name}: {error}", id="jobs.E001"))
    return found
