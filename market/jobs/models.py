from django.db import models
from django.db.models import Q

from market.core.ids import BINARY


class Job(models.Model):
    """A call of a task, to be made once what it belongs to is committed.

    ready → running → done, or ready again after a failure, or dead after too many.
    """

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    queue = models.CharField(max_length=32, db_collation=BINARY)
    state = models.CharField(max_length=8, choices=State, default=State.READY, db_collation=BINARY)
    available_at = models.DateTimeField()
    task_path = models.CharField(max_length=200)
    arguments = models.JSONField()  # {"args": […], "kwargs": {…}}
    attempts = models.PositiveSmallIntegerField(default=0)  # counted when one begins
    max_attempts = models.PositiveSmallIntegerField()
    deadline_seconds = models.PositiveIntegerField()
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, default="")
    last_error = models.TextField(default="")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ("view",)
        permissions = [("retry_job", "Can retry dead jobs")]
        indexes = [
            # A claim reads one entry: jobs of other queues and states are elsewhere in the index.
            models.Index(fields=["queue", "state", "available_at", "id"], name="job_claim"),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_running_has_lease",
                condition=~Q(state="running") | Q(lease_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_path} ({self.pk})"


class DeadJob(Job):
    """A job that failed too often and waits for a person."""

    class Meta:
        proxy = True
        default_permissions = ("view",)


class Schedule(models.Model):
    """When a periodic task is due; what and how often stands in the settings."""

    name = models.CharField(max_length=64, unique=True, db_collation=BINARY)
    next_at = models.DateTimeField()
    # No foreign key: the job is pruned on its own.
    last_job_id = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
