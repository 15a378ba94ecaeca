from django_tasks import task

from market.discovery import services
from market.discovery.page_cache import purge


@task(queue_name="search")
def index_item(item_id: int) -> None:
    services.index_item(item_id=item_id)


@task(queue_name="default")
def roll_up_sales() -> None:
    services.roll_up_sales()


# Attempts until every page of before has left the cache by itself.
@task(max_attempts=9)
def purge_item_page(item_id: int) -> None:
    purge.purge_item_page(item_id=item_id)
