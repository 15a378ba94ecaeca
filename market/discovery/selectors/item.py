"""What an item's page shows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from market.discovery.attributes import Fact, facts_of
from market.discovery.file_tree import FileTree, tree_of
from market.discovery.search import engine
from market.discovery.search.documents import folded_tags
from market.discovery.search.interface import Likeness, SearchAway
from market.discovery.selectors import item_rows
from market.discovery.selectors.item_rows import NEIGHBOURS
from market.discovery.selectors.lists import cards
from market.discovery.terms import Point, licence_points
from market.discovery.words import search_words
from market.items.models import (
    Item,
    ItemDetail,
    ItemEvent,
    ItemFile,
    ItemPreview,
    ItemStats,
    ItemVersion,
)
from market.items.selectors.promotions import is_free
from market.tenancy import hosts
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.enums import PreviewKind
from market.tenancy.definitions.parts import CategoryDef, LicenceTerms
from market.users.models import Profile

# What a buyer must have to use the item: said beside the price, not only among the facts.
REQUIREMENTS = ("platform_versions", "compatible_with", "requires", "software_version")
FORMATS = 8
# An item that was public once still has an address when staff took it off the shelf.
WAS_PUBLIC = (Item.Status.APPROVED, Item.Status.PAUSED, Item.Status.RETIRED, Item.Status.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A licence of the item, what it allows, and the price with everything in it."""

    terms: LicenceTerms
    item_cents: int
    fee_cents: int
    points: Sequence[Point]
    usual_cents: int | None = None  # while it is free: what it costs before and after

    @property
    def total_cents(self) -> int:
        return self.item_cents + self.fee_cents


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way from the front page; `address` is absolute."""

    name: str
    address: str


@dataclass(frozen=True)
class ItemPage:
    item: Item
    detail: ItemDetail
    stats: ItemStats
    profile: Profile | None
    category: CategoryDef | None
    top: CategoryDef | None
    previews: Mapping[str, Sequence[ItemPreview]]
    files: Sequence[ItemFile]
    tree: FileTree | None
    versions: Sequence[ItemVersion]
    offers: Sequence[Offer]
    facts: Sequence[Fact]
    support_months: int

    @cached_property
    def default_offer(self) -> Offer | None:
        default = [offer for offer in self.offers if offer.terms.is_default]
        return next(iter([*default, *self.offers]), None)

    def offer(self, code: str) -> Offer | None:
        """The offer of that licence; the default one for any other word."""
        asked = [offer for offer in self.offers if offer.terms.code == code]
        return next(iter(asked), self.default_offer)

    @cached_property
    def live(self) -> ItemPreview | None:
        return next(iter(self.previews.get("live", ())), None)

    @cached_property
    def pictures(self) -> Sequence[ItemPreview]:
        """The pictures of the gallery, the main one first.

        A photo's sample is the whole of what its image shows a part of: one of them is enough.
        """
        main = "sample" if self.previews.get("sample") else "image"
        kinds = (main, "gallery", "wireframe")
        return [preview for kind in kinds for preview in self.previews.get(kind, ())]

    @cached_property
    def has_own_viewer(self) -> bool:
        """Whether something else than the gallery is the page's main picture."""
        return any(self.previews.get(kind) for kind in ("video", "audio", "model"))

    @cached_property
    def more_pictures(self) -> Sequence[ItemPreview]:
        """What stands below a viewer: not the picture that it shows itself."""
        return self.pictures[1:] if self.previews.get("model") else self._without_image

    @cached_property
    def _without_image(self) -> Sequence[ItemPreview]:
        return [one for one in self.pictures if one.kind != "image"]

    @cached_property
    def compared(self) -> tuple[ItemPreview, ItemPreview] | None:
        """The pictures before and after, if there are both."""
        before, after = self.previews.get("before"), self.previews.get("after")
        return (before[0], after[0]) if before and after else None

    @cached_property
    def icons(self) -> ItemPreview | None:
        return next((one for one in self.previews.get("icons", ()) if one.key), None)

    @cached_property
    def glyphs(self) -> Sequence[ItemPreview]:
        return [one for one in self.previews.get("glyphs", ()) if one.key]

    @cached_property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @cached_property
    def file_count(self) -> int:
        """How many files are in the download, as far as the archives were counted."""
        return sum(file.facts.get("count", 0) for file in self.files)

    @cached_property
    def formats(self) -> Sequence[str]:
        """What is inside the archives, the most frequent first; a few of them."""
        found: Counter[str] = Counter()
        for file in self.files:
            found.update(file.facts.get("formats", {}))
        return [one.upper() for one, _ in found.most_common(FORMATS) if one not in ("", "other")]

    @cached_property
    def requirements(self) -> Sequence[Fact]:
        return [fact for fact in self.facts if fact.key in REQUIREMENTS]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Other items to go on with: like it or of its shelf, and of the same author."""

    related: Sequence[Item]
    by_author: Sequence[Item]


def find_item(item_id: int) -> Item | None:
    """An item that has, or had, a page, whatever its site. One query.

    One that staff suspended has an address and nothing to show: see `Item.is_public`.
    """
    item = item_rows.item_row(item_id)
    if item is None or not item.live_version_id or item.published_at is None:
        return None
    return item if item.status in WAS_PUBLIC else None


def item_page(item: Item, marketplace: Marketplace) -> ItemPage:
    """Three queries beside the one of `find_item`: previews, files, prices if it is on sale.

    One more when there is more than one version.
    """
    path = item.category.path
    top = path.split("/", 1)[0]
    detail = _detail(item)
    files = item_rows.files(item.live_version_id)
    support = marketplace.support
    months = support.included_months if support.is_offered_for(top) and detail.has_support else 0
    return ItemPage(
        item=item,
        detail=detail,
        stats=getattr(item, "stats", None) or ItemStats(item=item),
        profile=getattr(item.author, "profile", None),
        category=marketplace.category(path),
        top=marketplace.category(top),
        previews=item_previews(item),
        files=files,
        tree=_tree(files, marketplace, top),
        versions=item_rows.versions(item),
        offers=_offers(item, marketplace, top) if item.is_for_sale else (),
        facts=facts_of(marketplace.attributes_for(top), detail.attributes),
        support_months=months,
    )


def item_previews(item: Item) -> dict[str, list[ItemPreview]]:
    """All previews of the live version by kind, in order. One query."""
    previews: dict[str, list[ItemPreview]] = {}
    for preview in item_rows.previews(item.live_version_id):
        previews.setdefault(preview.kind, []).append(preview)
    return previews


def neighbours(item: Item, marketplace: Marketplace) -> Neighbours:
    """What is like it, then what sells best beside it; and the author's newest. Two queries.

    While search finds too little, or is away, its shelf is asked, then the shelf around it: four at
    the most. Each is read from an index, a few rows of it, however much there is.
    """
    own = item_rows.by_author(item.author_id, marketplace.id)
    own = [one for one in own if one != item.pk][:NEIGHBOURS]
    related: list[int] = []
    for found in _near(item, marketplace):
        new = (one for one in found if one != item.pk and one not in own and one not in related)
        related = [*related, *new][:NEIGHBOURS]
        if len(related) == NEIGHBOURS:
            break
    drawn = {one.pk: one for one in cards([*related, *own])}
    return Neighbours(
        related=[drawn[one] for one in related if one in drawn],
        by_author=[drawn[one] for one in own if one in drawn],
    )


def _near(item: Item, marketplace: Marketplace) -> Iterator[Sequence[int]]:
    """What to go on with, the nearest first; each step is looked up when it is asked for."""
    yield _like(item)
    yield item_rows.best_sellers(marketplace.id, item.category_id)
    if item.category.parent_id:
        yield item_rows.best_sellers(marketplace.id, item.category.parent_id)


def off_sale_since(item: Item) -> datetime:
    """When the item came into its present state, by its history. One query."""
    changed = (
        ItemEvent.objects.filter(item=item, version=None, to_status=item.status)
        .order_by("-pk")
        .values_list("created_at", flat=True)
        .first()
    )
    return changed or item.updated_at


def trail(item: Item, marketplace: Marketplace) -> list[Crumb]:
    """From the front page to the item itself, which comes last."""
    site = marketplace.slug
    crumbs = [Crumb(marketplace.name, hosts.link(site, "discovery:home"))]
    path = item.category.path
    for step in dict.fromkeys([path.split("/", 1)[0], path]):
        if category := marketplace.category(step):
            address = hosts.link(site, "discovery:category", path=category.path)
            crumbs.append(Crumb(category.name, address))
    crumbs.append(Crumb(item.name, address_of(item, marketplace)))
    return crumbs


def address_of(item: Item, marketplace: Marketplace) -> str:
    """The one address of an item's page."""
    return hosts.link(marketplace.slug, "discovery:item", slug=item.slug, item_id=item.pk)


def item_tree(item: Item, marketplace: Marketplace) -> FileTree | None:
    """The files of what buyers download. One query."""
    top = item.category.path.split("/", 1)[0]
    return _tree(item_rows.files(item.live_version_id), marketplace, top)


def live_address(preview: ItemPreview) -> str:
    """The start page of an unpacked live preview, on the host that has no cookies."""
    path = preview.key.removeprefix("previews/live/") + preview.facts.get("index", "index.html")
    return hosts.link("files", "items:live", key=path)


def _detail(item: Item) -> ItemDetail:
    return getattr(item, "detail", None) or ItemDetail(item=item)


def _like(item: Item) -> Sequence[int]:
    """A few more than are shown, as with the shelf."""
    wanted = Likeness(
        item_id=item.pk,
        site_id=item.site_id,
        name=search_words(item.name),
        tags=folded_tags(_detail(item).tags),
        category=item.category.path,
    )
    try:
        return engine().more_like(wanted, size=3 * NEIGHBOURS)
    except SearchAway:
        return ()


def _tree(files: Sequence[ItemFile], marketplace: Marketplace, top: str) -> FileTree | None:
    """Where the marketplace shows what is in an archive."""
    if not any(rule.kind == PreviewKind.FILE_TREE for rule in marketplace.previews_for(top)):
        return None
    return next((tree_of(file.facts) for file in files if file.role == "main"), None)


def _offers(item: Item, marketplace: Marketplace, top: str) -> list[Offer]:
    prices = item_rows.prices(item)
    offers = []
    for terms in marketplace.licences_for(top):
        if terms.code not in prices:
            continue
        parts = prices[terms.code]
        if is_free(item, terms.code):
            offers.append(Offer(terms, 0, 0, licence_points(terms), sum(parts)))
        else:
            offers.append(Offer(terms, *parts, licence_points(terms)))
    return offers
