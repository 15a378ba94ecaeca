from django_tasks import task

from market.community.selectors import rating_totals
from market.discovery.services import set_rating


@task(queue_name="default")
def count_ratings(item_id: int) -> None:
    """Count an item's ratings again; also after a purchase was reversed."""
    totals = rating_totals(item_id)
    set_rating(item_id=item_id, rating_sum=totals.rating_sum, rating_count=totals.rating_count)
