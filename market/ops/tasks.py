from django_tasks import task

from market.core import metrics
from market.jobs.selectors import dead_count, due_counts, queue_ages
from market.ops.selectors import numbers


@task(max_attempts=1)
def report_numbers() -> None:
    """What no request can tell: how long things wait. From one worker, each minute."""
    for queue, seconds in queue_ages().items():
        metrics.gauge("jobs.age", seconds, tags={"queue": queue})
    for queue, jobs in due_counts().items():
        metrics.gauge("jobs.due", jobs, tags={"queue": queue})
    metrics.gauge("jobs.dead", dead_count())
    metrics.gauge("webhooks.age", numbers.webhook_age_seconds())
    metrics.gauge("review.age", numbers.review_age_seconds())
    metrics.gauge("review.waiting", numbers.reviews_waiting())
