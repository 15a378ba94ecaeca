"""Atom feeds (RFC 4287) of what is new: on a site, in a category, by an author."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.translation import get_language

from market.core.text import clean_line
from market.discovery.reach.heads import Feed
from market.discovery.reach.structured import item_address
from market.items.addresses import preview_url
from market.items.models import Item, ItemPreview
from market.tenancy import hosts
from market.tenancy.definitions import Marketplace

SIZE = 30
# What a reader may play or show: the first kind that an item has.
ENCLOSED = ("audio", "video", "sample", "image", "poster")
NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # the date of a feed without entries


def atom(
    marketplace: Marketplace, feed: Feed, *, page_address: str, items: Sequence[Item]
) -> HttpResponse:
    """The feed, with the date of its newest entry: the same bytes until something is new."""
    written = _DatedFeed(
        title=feed.title,
        link=page_address,
        feed_url=feed.address,
        feed_guid=feed.address,
        description=marketplace.purpose,
        language=get_language() or "en",
    )
    enclosures = _enclosures(items)
    for item in items:
        address = item_address(marketplace, item)
        written.add_item(
            title=_plain(item.name),
            link=address,
            description=_plain(item.summary),
            author_name=_plain(item.card.get("author_name", "")),
            pubdate=item.published_at,
            updateddate=item.updated_at,
            unique_id=_identity(marketplace, item),
            enclosures=enclosures.get(item.live_version_id or 0, []),
            categories=(),
        )
    response = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    written.write(response, "utf-8")
    response["Last-Modified"] = f"{written.latest_post_date():%a, %d %b %Y %H:%M:%S} GMT"
    return response


class _DatedFeed(Atom1Feed):
    """Without entries, Django's feed would be of now, and new at each request."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else NEVER


def _identity(marketplace: Marketplace, item: Item) -> str:
    """RFC 4151: what stays when the name changes, and with it the address."""
    published = item.published_at or item.created_at
    return f"tag:{hosts.host(marketplace.slug).name},{published:%Y-%m-%d}:items/{item.pk}"


def _plain(text: str) -> str:
    """Without what XML cannot say."""
    return clean_line(text).replace("\ufffe", "").replace("\uffff", "")


def _enclosures(items: Sequence[Item]) -> dict[int, list[Enclosure]]:
    """By version. One query, none without items."""
    versions = [item.live_version_id for item in items if item.live_version_id]
    if not versions:
        return {}
    rows = ItemPreview.objects.filter(version_id__in=versions, kind__in=ENCLOSED)
    best: dict[int, ItemPreview] = {}
    for row in sorted(rows, key=lambda one: (ENCLOSED.index(one.kind), one.position)):
        best.setdefault(row.version_id, row)
    return {
        version: [Enclosure(preview_url(row.key), str(_own_bytes(row)), row.content_type)]
        for version, row in best.items()
    }


def _own_bytes(row: ItemPreview) -> int:
    """Of the main file alone: `bytes` counts all that were made."""
    for one in row.facts.get("variants", []):
        if one["key"] == row.key:
            return int(one["bytes"])
    return row.bytes
