from django_tasks import task

from market.discovery import services


@task(queue_name="search")
def index_item(item_id: int) -> None:
    services.index_item(item_id=item_id)


@task(queue_name="default")
def roll_up_sales() -> None:
    services.roll_up_sales()
