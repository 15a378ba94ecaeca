from django_tasks import task

from market.jobs import services


@task(deadline_seconds=600)
def prune() -> None:
    services.prune()
