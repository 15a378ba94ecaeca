from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from market.core.admin import ReadOnlyAdmin
from market.jobs import services
from market.jobs.models import DeadJob, Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["id", "queue", "state", "task_path", "attempts", "available_at", "worker"]
    list_filter = ["queue", "state"]
    ordering = ["-id"]


@admin.register(DeadJob)
class DeadJobAdmin(JobAdmin):
    list_display = ["id", "queue", "task_path", "arguments", "attempts", "finished_at", "reason"]
    list_filter = ["queue"]
    actions = ["retry"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).filter(state=Job.State.DEAD)

    @admin.display(description=_("last error"))
    def reason(self, job: Job) -> str:
        """The last line of a traceback names the exception."""
        return job.last_error.strip().rpartition("\n")[2]

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("jobs.retry_job")

    @admin.action(description=_("Retry the selected jobs"), permissions=["retry"])
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        count = services.retry_dead(ids=list(jobs.values_list("pk", flat=True)))
        words = ngettext("%(count)d job is ready again.", "%(count)d jobs are ready again.", count)
        messages.success(request, words % {"count": count})
