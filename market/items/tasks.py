"""Jobs of the catalogue; each may run twice."""

from django_tasks import task

from market.core import storage
from market.discovery import services as discovery
from market.items.services import media, uploads


# Longer than ffmpeg may take for one preview: each is booked by itself, so a repeat goes on.
@task(queue_name="media", deadline_seconds=900)
def make_previews(version_id: int) -> None:
    media.make_previews(version_id=version_id)


@task(deadline_seconds=600)  # a live preview has thousands
def delete_objects(keys: list[str]) -> None:
    """Bytes that no row names any more; deleting what is gone is no error."""
    for key in keys:
        storage.delete(key)


@task(queue_name="search")
def publish_effects(item_id: int) -> None:
    """What follows when an item comes on sale, changes or goes off sale."""
    discovery.index_item(item_id=item_id)


@task()
def prune_uploads() -> None:
    uploads.prune_uploads()
