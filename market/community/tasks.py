from django_tasks import task

from market.community.selectors import rating_totals
from market.discovery.services import set_ratings


@task(queue_name="default")
def count_ratings(item_id: int) -> None:
    """Count an item's ratings again; also after a purchase was reversed."""
    set_ratings(item_id=item_id, by_stars=rating_totals(item_id).by_stars)
