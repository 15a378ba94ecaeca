"""What reviewers see."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from market.core.pagination import Page, decode_cursor, encode_cursor
from market.items.content.facts import show_value
from market.items.models import ItemEvent, ItemFile, ItemPreview, ItemVersion
from market.items.selectors.desk import current_prices, item_history
from market.items.selectors.drafts import missing_files, previews_are_ready
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplace_by_id, marketplaces

QUEUE_PAGE = 50
WAITING = (ItemVersion.Status.SUBMITTED, ItemVersion.Status.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    version: ItemVersion
    site: Marketplace
    facts: Sequence[tuple[str, str]]
    prices: Sequence[tuple[str, int]]
    files: Sequence[ItemFile]
    previews: Sequence[ItemPreview]
    is_ready: bool
    missing: Sequence[str]
    history: Sequence[ItemEvent]


def queue_counts() -> list[tuple[Marketplace, int]]:
    """Every marketplace with how many versions wait there. One query."""
    rows = (
        ItemVersion.objects.filter(status__in=WAITING)
        .values("item__site_id")
        .annotate(waiting=Count("pk"))
    )
    counts = {row["item__site_id"]: row["waiting"] for row in rows}
    return [(site, counts.get(site.id, 0)) for site in marketplaces()]


def review_queue(site: Marketplace | None, cursor: str = "") -> Page[ItemVersion]:
    """Waiting versions, those that wait longest first. Raises BadCursor."""
    rows = ItemVersion.objects.filter(status__in=WAITING).select_related(
        "item__category", "item__author"
    )
    if site is not None:
        rows = rows.filter(item__site_id=site.id)
    if cursor:
        (after,) = decode_cursor(cursor, int)
        rows = rows.filter(pk__gt=min(int(after), 2**62))
    # Numbers rise with time nearly enough, and give a stable order to page through.
    found = list(rows.order_by("pk")[: QUEUE_PAGE + 1])
    more = len(found) > QUEUE_PAGE
    return Page(found[:QUEUE_PAGE], encode_cursor(found[QUEUE_PAGE - 1].pk) if more else None)


def review_version(version_id: int) -> ItemVersion | None:
    """A version that is or was in the queue."""
    return (
        ItemVersion.objects.select_related(
            "item__category", "item__detail", "item__author__profile"
        )
        .exclude(status=ItemVersion.Status.DRAFT)
        .filter(pk=version_id)
        .first()
    )


def review_page(version: ItemVersion) -> ReviewPage:
    item = version.item
    site = marketplace_by_id(item.site_id)
    top = item.category.path.split("/")[0]
    prices = current_prices([item.pk])
    stored = item.detail.attributes
    return ReviewPage(
        version=version,
        site=site,
        facts=[
            (one.label, show_value(one, stored[one.key]))
            for one in site.attributes_for(top)
            if one.key in stored
        ],
        prices=[
            (one.name, prices[item.pk, one.code])
            for one in site.licences_for(top)
            if (item.pk, one.code) in prices
        ],
        files=list(version.files.order_by("role", "position")),
        # A preview without a key has nothing to draw: a waveform, or icons that could not be read.
        previews=list(version.previews.exclude(key="").order_by("kind", "position")),
        is_ready=previews_are_ready(version, top, site.id),
        missing=missing_files(item, version),
        history=item_history(item),
    )
