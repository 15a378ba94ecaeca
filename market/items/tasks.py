"""Jobs of the catalogue; each may run twice."""

from django_tasks import task

from market.core import storage
from market.discovery.page_cache import purge
from market.discovery.search import feeding
from market.discovery.tasks import purge_item_page
from market.items.services import decisions, media, promotions, shares, uploads


# Longer than ffmpeg may take for one preview: each is booked by itself, so a repeat goes on.
@task(queue_name="media", deadline_seconds=900)
def make_previews(version_id: int) -> None:
    media.make_previews(version_id=version_id)


@task(deadline_seconds=600)  # a live preview has thousands
def delete_objects(keys: list[str]) -> None:
    """Bytes that no row names any more; deleting what is gone is no error."""
    for key in keys:
        storage.delete(key)


# Attempts until every page of before has left the cache by itself.
@task(max_attempts=9)
def purge_pages(item_id: int) -> None:
    purge.purge_item(item_id=item_id)


@task(max_attempts=9)
def purge_promotion(promotion_id: int) -> None:
    purge.purge_promotion(promotion_id=promotion_id)


@task(queue_name="search", deadline_seconds=600)  # a small index may have to be built
def publish_effects(item_id: int) -> None:
    """What follows when an item comes on sale, changes or goes off sale."""
    feeding.keep_up()
    make_share_picture.enqueue(item_id=item_id)


@task(queue_name="media")
def make_share_picture(item_id: int) -> None:
    if shares.make_share_picture(item_id=item_id):
        purge_item_page.enqueue(item_id=item_id)


@task(queue_name="mail", max_attempts=8)
def mail_decision(event_id: int) -> None:
    decisions.mail_decision(event_id=event_id)


@task()
def prune_uploads() -> None:
    uploads.prune_uploads()


@task()
def sort_by_todays_prices() -> None:
    promotions.sort_by_todays_prices()
