"""What no longer counts after a change. Called by jobs, which are repeated while Redis is away."""

from collections.abc import Collection

from market.discovery.page_cache import generations
from market.discovery.page_cache.store import store
from market.items.models import Item, Promotion
from market.users.models import User


def purge_item(*, item_id: int) -> None:
    """The item's own pages and those that list it: home, categories, its author's.

    Searches are not purged, they are kept for a minute; what staff took off the shelf may stand
    in none, so that its whole site is purged. Raises StoreAway. Repeating it is harmless.
    """
    item = Item.objects.select_related("author", "category").filter(pk=item_id).first()
    if item is None:
        return
    tags = [
        generations.item(item_id),
        generations.home(item.site_id),
        generations.author(item.author.username_key),
        *(generations.category(item.site_id, path) for path in _above(item.category.path)),
    ]
    if item.status == Item.Status.SUSPENDED:
        tags.append(generations.site(item.site_id))
    store.renew(tags)


def purge_item_page(*, item_id: int) -> None:
    """Only what is the item's own: its ratings changed, or its pictures. Raises StoreAway."""
    store.renew([generations.item(item_id)])


def purge_author(*, user_id: int) -> None:
    """Their page on each marketplace; items carry the name until they are due. Raises StoreAway."""
    username_key = User.objects.values_list("username_key", flat=True).get(pk=user_id)
    store.renew([generations.author(username_key)])


def purge_promotion(*, promotion_id: int) -> None:
    """It begins or ends: what stands in the window, and what costs something. Raises StoreAway."""
    promotion = Promotion.objects.get(pk=promotion_id)
    if promotion.item_id is not None:
        purge_item(item_id=promotion.item_id)
    else:
        store.renew([generations.home(promotion.site_id)])


def _above(path: str) -> Collection[str]:
    """A category and those that include it: `icons/line` → `icons`, `icons/line`."""
    parts = path.split("/")
    return ["/".join(parts[:number]) for number in range(1, len(parts) + 1)]
