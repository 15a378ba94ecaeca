"""What makes an item visible: its card, its rows in the lists, the totals of the nodes.

Every function here works on a row that the caller has locked, inside the caller's transaction.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from market.items import tasks
from market.items.content.facts import count_files, english_facts, stored_facts
from market.items.content.pictures import picture_formats
from market.items.models import (
    Item,
    ItemListing,
    ItemPreview,
    ItemStats,
    ItemVersion,
    LicencePrice,
    NodeStats,
    Promotion,
    author_node,
)
from market.items.selectors.promotions import in_force
from market.items.services.changes import note_changes
from market.payments import pricing
from market.tenancy.definitions import Marketplace, PreviewPlace
from market.tenancy.definitions.enums import Card
from market.tenancy.registry import marketplace_by_id
from market.users.models import Profile

# Which preview a list plays or turns, in this order.
MEDIA_KINDS = ("audio", "video", "model", "live")
# What a card holds; goes up with each change, so that `remake_cards` finds the older ones.
CARD_FORM = 3  # since 3 its author's node has it too
CARD_TAGS = 4
# A screenshot this much higher than wide is worth scrolling through.
TALL = 1.4


def go_live(item: Item, version: ItemVersion) -> None:
    """Make an approved version the one that sells; the caller then sets the item's state."""
    now = timezone.now()
    item.live_version = version
    item.published_at = item.published_at or now
    item.updated_at = now
    item.card = make_card(item, version)
    item.save(update_fields=["live_version", "published_at", "updated_at", "card"])


def refresh(item: Item) -> None:
    """After a change of price: the card, and its place in the lists."""
    if item.live_version is None:
        return
    item.card = make_card(item, item.live_version)
    item.updated_at = timezone.now()
    item.save(update_fields=["card", "updated_at"])
    if item.is_for_sale:
        put_in_lists(item)


def announce(item: Item) -> None:
    """Have jobs do what follows: search, the shared link's picture, the pages that are kept."""
    note_changes([item.pk])
    tasks.publish_effects.enqueue(item_id=item.pk)
    tasks.purge_pages.enqueue(item_id=item.pk)


def make_card(item: Item, version: ItemVersion) -> dict[str, Any]:
    """What a list shows of an item; see Item.card.

    `facts` are for the release before this one alone, which knows no `values`: contract next.
    """
    site = marketplace_by_id(item.site_id)
    top = item.category.path.split("/")[0]
    licence = site.default_licence(top)
    profile = Profile.objects.filter(pk=item.author_id).first()
    return {
        "price_cents": all_in_cents(item, licence.code),
        "licence": licence.code,
        "form": CARD_FORM,
        "values": stored_facts(site, item, version),
        "facts": english_facts(site, item, version),
        "tags": item.detail.tags[:CARD_TAGS],
        "files": count_files(version),
        "bytes": sum(file.bytes for file in version.files.all() if file.role == "main"),
        "author": item.author.username,
        "author_name": profile.display_name if profile else item.author.username,
        **card_look(site, top, list(version.previews.order_by("kind", "position"))),
    }


def card_look(site: Marketplace, top: str, rows: Sequence[ItemPreview]) -> dict[str, Any]:
    """What a card shows of a version's previews, which come by kind and position."""
    previews = _by_kind(rows)
    thumbnail = previews.get("thumbnail")
    media = next((previews[kind] for kind in MEDIA_KINDS if kind in previews), None)
    card: dict[str, Any] = {
        "thumbnail": thumbnail.key if thumbnail else "",
        "preview": _picture(_card_picture(site, top, previews)),
        "media": media.key if media else "",
    }
    if media is not None:
        card["media_kind"] = media.kind
        card["seconds"] = media.facts.get("seconds")
    if "waveform" in previews:
        card["waveform"] = previews["waveform"].key
        card["peaks"] = _coarser(previews["waveform"].facts.get("peaks", []))
    if "poster" in previews:
        card["poster"] = previews["poster"].key
    if site.card is Card.LANDSCAPE and (tall := _tall(rows)):
        card["tall"] = _picture(tall)
    return card


def remake_cards(*, after: int = 0, size: int = 500) -> int | None:
    """Make the cards of older forms anew, of the next `size` items; the last one's id.

    None at the end. Repeating it, or stopping anywhere, is safe: what is done is skipped.
    """
    items = Item.objects.filter(pk__gt=after).order_by("pk")
    forms = list(items.values_list("pk", "card__form", "published_at")[:size])
    for item_id, form, published_at in forms:
        if published_at is not None and form != CARD_FORM:
            _remake_card(item_id)
    return forms[-1][0] if forms else None


@transaction.atomic
def _remake_card(item_id: int) -> None:
    item = Item.objects.select_for_update().get(pk=item_id)
    if item.live_version is not None:
        item.card = make_card(item, item.live_version)
        item.save(update_fields=["card"])
        if item.is_for_sale:
            put_in_lists(item)


def _coarser(peaks: list[float]) -> list[float]:
    """Half as many, for lists."""
    return [round(max(peaks[at : at + 2]), 2) for at in range(0, len(peaks), 2)]


def all_in_cents(item: Item, licence_code: str) -> int:
    """The author's price in force plus the buyer fee: what the buyer pays before tax."""
    price = LicencePrice.objects.get(item=item, licence_code=licence_code, current=1)
    return price.cents + pricing.buyer_fees(item.site_id)[licence_code]


def _by_kind(rows: Sequence[ItemPreview]) -> dict[str, ItemPreview]:
    """The first preview of each kind."""
    found: dict[str, ItemPreview] = {}
    for row in rows:
        found.setdefault(row.kind, row)
    return found


def _tall(rows: Sequence[ItemPreview]) -> ItemPreview | None:
    """The tallest screenshot, if one is taller than a screen."""
    shots = [row for row in rows if row.kind == "gallery" and row.width and row.height]
    tallest = max(shots, key=_height_by_width, default=None)
    return tallest if tallest and _height_by_width(tallest) >= TALL else None


def _height_by_width(row: ItemPreview) -> float:
    return (row.height or 0) / (row.width or 1)


def _card_picture(
    site: Marketplace, top: str, previews: dict[str, ItemPreview]
) -> ItemPreview | None:
    """The picture that the site's rules put on a card, else whatever there is."""
    roles = [rule.file for rule in site.previews_for(top) if PreviewPlace.CARD in rule.on]
    kinds = ["sample"] if "sample_image" in roles else []
    for kind in (*kinds, "image", "sample", "poster", "thumbnail"):
        if kind in previews:
            return previews[kind]
    return None


def _picture(row: ItemPreview | None) -> dict[str, Any] | None:
    """What `{% picture %}` draws; the variants' keys follow from the key and these widths."""
    if row is None:
        return None
    picture: dict[str, Any] = {"key": row.key, "width": row.width, "height": row.height}
    if formats := picture_formats(row):
        picture["formats"] = formats
    if colour := row.facts.get("colour"):
        picture["colour"] = colour
    return picture


def put_in_lists(item: Item) -> None:
    """Its rows for leaf, ancestors, author and the site, with the sort values of now."""
    category = item.category
    above = [category.parent_id] if category.parent_id else []
    nodes = sorted({0, category.pk, *above, author_node(item.author_id)})
    stats = ItemStats.objects.filter(item=item).first() or ItemStats(item=item)
    values = {
        "published_at": item.published_at,
        "updated_at": item.updated_at,
        "price_cents": 0 if _is_given_away(item) else item.card["price_cents"],
        "sales": stats.sales,
        "rating": marketplace_by_id(item.site_id).search.rated_hundredths(
            stars=stats.rating_sum, ratings=stats.rating_count
        ),
        "trending": stats.trending,
    }
    rows = {row.node_id: row for row in ItemListing.objects.filter(item=item)}
    if sorted(rows) == nodes:
        ItemListing.objects.filter(item=item).update(**values)
        return
    take_from_lists(item)
    ItemListing.objects.bulk_create(
        ItemListing(site_id=item.site_id, node_id=node, item=item, **values) for node in nodes
    )
    _count(item.site_id, nodes, 1)


def _is_given_away(item: Item) -> bool:
    free = Promotion.objects.filter(in_force(), item=item, kind=Promotion.Kind.FREE_ITEM)
    return free.exists()


def take_from_lists(item: Item) -> None:
    nodes = sorted(ItemListing.objects.filter(item=item).values_list("node_id", flat=True))
    ItemListing.objects.filter(item=item).delete()
    _count(item.site_id, nodes, -1)


def _count(site_id: int, nodes: list[int], change: int) -> None:
    # In the order of the nodes: two items never wait for each other crosswise.
    for node in nodes:
        NodeStats.objects.get_or_create(site_id=site_id, node_id=node)
        NodeStats.objects.filter(site_id=site_id, node_id=node).update(items=F("items") + change)
