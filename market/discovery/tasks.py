from django_tasks import task

from market.discovery import services
from market.discovery.page_cache import purge
from market.discovery.search import feeding
from market.items.selectors.changes import has_waiting_changes
from market.items.services import changes


@task(queue_name="search", deadline_seconds=600)  # a small index may have to be built
def follow_changes() -> None:
    feeding.keep_up()


@task(queue_name="default")
def roll_up_sales() -> None:
    services.roll_up_sales()
    if has_waiting_changes():
        follow_changes.enqueue()


@task(queue_name="default", deadline_seconds=600)
def roll_up_views() -> None:
    services.roll_up_views()


# Attempts until every page of before has left the cache by itself.
@task(max_attempts=9)
def purge_item_page(item_id: int) -> None:
    purge.purge_item_page(item_id=item_id)


@task(queue_name="default")
def prune_changes() -> None:
    changes.prune_changes()


@task(queue_name="search", deadline_seconds=3600)
def publish_search_snapshot() -> None:
    feeding.publish_large()
