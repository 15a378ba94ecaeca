"""What sitemaps and feeds list."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from market.discovery.selectors.lists import WHOLE_SITE, Node, id_page
from market.items.models import Category, Item
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import Sort
from market.users.models import User

PART = 50_000  # ids a part of a sitemap: what the protocol allows
BATCH = 1000


def item_parts(site_id: int) -> Iterator[int]:
    """Numbers of the parts that hold items on sale: one index dive each."""
    rows = Item.objects.filter(site_id=site_id, status=Item.Status.APPROVED).order_by("pk")
    return _parts(lambda start: rows.filter(pk__gte=start).values_list("pk", flat=True).first())


def author_parts() -> Iterator[int]:
    """Numbers of the parts that hold authors, of whatever site: one index dive each."""
    rows = Item.objects.order_by("author_id").values_list("author_id", flat=True)
    return _parts(lambda start: rows.filter(author_id__gte=start).first())


def _parts(next_id: Callable[[int], int | None]) -> Iterator[int]:
    """Of the ids in rising order: past each part that was found, `next_id` is asked again."""
    start = 0
    while (found := next_id(start)) is not None:
        yield found // PART
        start = (found // PART + 1) * PART


def part_of_items(site_id: int, number: int) -> Iterator[tuple[int, str, datetime]]:
    """Id, slug and time of the last change, in batches by keyset."""
    rows = Item.objects.filter(site_id=site_id, status=Item.Status.APPROVED).order_by("pk")
    last, end = number * PART - 1, (number + 1) * PART
    while batch := list(
        rows.filter(pk__gt=last, pk__lt=end).values_list("pk", "slug", "updated_at")[:BATCH]
    ):
        yield from batch
        last = batch[-1][0]


def part_of_authors(site_id: int, number: int) -> Iterator[str]:
    """User names of those who have an item on sale on the site."""
    sells = Item.objects.filter(
        author_id=OuterRef("pk"), status=Item.Status.APPROVED, site_id=site_id
    )
    rows = User.objects.filter(Exists(sells), profile__isnull=False, is_active=True)
    last, end = number * PART - 1, (number + 1) * PART
    while batch := list(
        rows.filter(pk__gt=last, pk__lt=end).order_by("pk").values_list("pk", "username")[:BATCH]
    ):
        yield from (username for _, username in batch)
        last = batch[-1][0]


def newest_items(marketplace: Marketplace, *, path: str = "", size: int) -> Sequence[Item] | None:
    """The newest on sale, of a category if one is named; None if the site does not have it.

    Two queries, three with a category.
    """
    node_id = WHOLE_SITE
    if path:
        found = Category.objects.filter(site_id=marketplace.id, path=path, retired_at=None)
        node = found.values_list("pk", flat=True).first()
        if node is None or marketplace.category(path) is None:
            return None
        node_id = node
    ids, _ = id_page(Node(marketplace.id, node_id), sort=Sort.NEWEST, size=size)
    return _dated(ids)


def newest_of(author_id: int, *, site_id: int, size: int) -> Sequence[Item]:
    """An author's newest on one site. Two queries."""
    rows = Item.objects.filter(
        author_id=author_id, status=Item.Status.APPROVED, site_id=site_id
    ).order_by("-pk")
    return _dated(list(rows.values_list("pk", flat=True)[:size]))


def _dated(ids: list[int]) -> list[Item]:
    found = Item.objects.filter(pk__in=ids).only(
        "site_id", "slug", "name", "summary", "card", "live_version_id",
        "published_at", "updated_at", "created_at",
    )  # fmt: skip
    by_id = {item.pk: item for item in found}
    return [by_id[item_id] for item_id in ids if item_id in by_id]
