from django.conf import settings
from django.db.models import QuerySet

from market.jobs.clock import DatabaseNow
from market.jobs.models import Job

COUNTED = 100_000


def queue_names() -> list[str]:
    return list(settings.TASKS["default"]["QUEUES"])


def queue_ages() -> dict[str, float]:
    """Seconds that each queue's oldest due job has waited; 0 for a queue with nothing to do."""
    return {queue: _age_seconds(queue) for queue in queue_names()}


def _due(queue: str) -> QuerySet[Job]:
    return Job.objects.filter(queue=queue, state=Job.State.READY, available_at__lte=DatabaseNow())


def _age_seconds(queue: str) -> float:
    oldest = (
        _due(queue)
        .order_by("available_at", "id")
        .values_list("available_at", DatabaseNow())
        .first()
    )
    return (oldest[1] - oldest[0]).total_seconds() if oldest else 0.0


def due_counts() -> dict[str, int]:
    """Due jobs of each queue, counted no further than a number that says: too many."""
    return {queue: _due(queue).order_by()[:COUNTED].count() for queue in queue_names()}


def dead_count() -> int:
    # Named queues, since the index begins with the queue.
    return Job.objects.filter(queue__in=queue_names(), state=Job.State.DEAD).count()
