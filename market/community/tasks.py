from django_tasks import task

from market.community.selectors import rating_totals
from market.discovery import tasks as discovery
from market.discovery.services import set_ratings
from market.discovery.tasks import purge_item_page

__all__ = ["count_ratings", "purge_item_page"]


@task(queue_name="default")
def count_ratings(item_id: int) -> None:
    """Count an item's ratings again; also after a purchase was reversed."""
    set_ratings(item_id=item_id, by_stars=rating_totals(item_id).by_stars)
    discovery.follow_changes.enqueue()
