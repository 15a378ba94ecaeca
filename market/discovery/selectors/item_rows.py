"""The rows that an item's page shows, each by a statement that is built once.

They are the uncached page's: most of eleven million items are not in the page cache when they are
asked for.
"""

from collections.abc import Mapping, Sequence

from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery
from django.utils import timezone

from market.core.db.statements import Given, Statement
from market.items.models import (
    Item,
    ItemFile,
    ItemListing,
    ItemPreview,
    ItemVersion,
    LicencePrice,
    author_node,
)
from market.items.selectors.promotions import with_featured, with_free
from market.payments.pricing import fees_of

VERSIONS = 20
NEIGHBOURS = 4
NEAR, AUTHORS = 3 * NEIGHBOURS, NEIGHBOURS + 1
_AUTHOR = ("author__username", "author__profile__display_name", "author__profile__bio",
    "author__profile__avatar_key", "author__profile__member_since")  # fmt: skip
_DETAIL = ("detail__description_html", "detail__attributes", "detail__tags", "detail__attribution",
    "detail__upstream_licence", "detail__has_support", "detail__addresses")  # fmt: skip
_STATS = ("stats__sales", "stats__rating_sum", "stats__rating_count", "stats__stars_1",
    "stats__stars_2", "stats__stars_3", "stats__stars_4", "stats__stars_5")  # fmt: skip
_VERSION = ("number", "label", "changelog", "approved_at")
_NOW = Given("now", DateTimeField())


def _item() -> QuerySet[Item]:
    rows = with_featured(with_free(Item.objects.filter(pk=Given("item")), _NOW), _NOW)
    return rows.select_related(
        "author__profile", "category", "detail", "stats", "live_version"
    ).only(
        "site_id", "slug", "name", "summary", "status", "published_at", "updated_at",
        "category__path", "category__parent",
        *_AUTHOR, *_DETAIL, *_STATS, *(f"live_version__{name}" for name in _VERSION),
    )  # fmt: skip


def _previews() -> QuerySet[ItemPreview]:
    rows = ItemPreview.objects.filter(version=Given("version")).order_by("position")
    return rows.only("kind", "key", "content_type", "width", "height", "facts", "created_at")


def _files() -> QuerySet[ItemFile]:
    rows = ItemFile.objects.filter(version=Given("version"), role__in=["main", "installable"])
    return rows.order_by("role", "position").only("role", "format", "bytes", "facts")


def _versions() -> QuerySet[ItemVersion]:
    rows = ItemVersion.objects.filter(item=Given("item"), status=ItemVersion.Status.APPROVED)
    return rows.order_by("-number").only(*_VERSION)[:VERSIONS]


def _prices() -> QuerySet[LicencePrice, tuple[str, int, int | None]]:
    fees = fees_of(site_id=Given("site"), licence_code=OuterRef("licence_code"), at=_NOW)
    rows = LicencePrice.objects.filter(item=Given("item"), current=1)
    return rows.annotate(fee_cents=Subquery(fees.values("cents")[:1])).values_list(
        "licence_code", "cents", "fee_cents"
    )


def _best_sellers() -> QuerySet[ItemListing, tuple[int]]:
    rows = ItemListing.objects.filter(site_id=Given("site"), node_id=Given("node"))
    return rows.order_by("-sales", "-item_id").values_list("item_id")[:NEAR]


def _newest() -> QuerySet[ItemListing, tuple[int]]:
    rows = ItemListing.objects.filter(site_id=Given("site"), node_id=Given("node"))
    return rows.order_by("-published_at", "-item_id").values_list("item_id")[:AUTHORS]


_item_statement = Statement(_item)
_previews_statement = Statement(_previews)
_files_statement = Statement(_files)
_versions_statement = Statement(_versions)
_prices_statement = Statement(_prices)
_best_sellers_statement = Statement(_best_sellers)
_newest_statement = Statement(_newest)


def item_row(item_id: int) -> Item | None:
    """With author and profile, category, detail, stats and live version, of each what is shown."""
    if item_id >= 2**63:  # no key; the ORM would know, and SQLite cannot even be asked
        return None
    return _item_statement.first(item=item_id, now=timezone.now())


def previews(version_id: int | None) -> list[ItemPreview]:
    return _previews_statement.rows(version=version_id)


def files(version_id: int | None) -> list[ItemFile]:
    """What a purchase lets people download: the main file and those like it."""
    return _files_statement.rows(version=version_id)


def versions(item: Item) -> Sequence[ItemVersion]:
    """Those that were approved, the latest first. No query when there is only the first."""
    if item.live_version is not None and item.live_version.number == 1:
        return [item.live_version]
    return _versions_statement.rows(item=item.pk)


def prices(item: Item) -> Mapping[str, tuple[int, int]]:
    """{licence code: (the author's price, the buyer fee)}, in cents."""
    rows = _prices_statement.rows(item=item.pk, site=item.site_id, now=timezone.now())
    return {code: (cents, fee) for code, cents, fee in rows if fee is not None}


def best_sellers(site_id: int, node_id: int) -> list[int]:
    """A few more than are shown: the item itself and the author's others are taken out."""
    return [item_id for (item_id,) in _best_sellers_statement.rows(site=site_id, node=node_id)]


def by_author(author_id: int, site_id: int) -> list[int]:
    """One more than is shown, the newest first: the item itself is taken out."""
    rows = _newest_statement.rows(site=site_id, node=author_node(author_id))
    return [item_id for (item_id,) in rows]
