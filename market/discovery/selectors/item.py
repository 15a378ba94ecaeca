"""What an item's page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from market.discovery.attributes import Fact, facts_of
from market.discovery.terms import Point, licence_points
from market.items.models import (
    Item,
    ItemDetail,
    ItemFile,
    ItemPreview,
    ItemStats,
    ItemVersion,
    LicencePrice,
)
from market.payments.pricing import buyer_fees
from market.tenancy import hosts
from market.tenancy.definitions import Marketplace
from market.tenancy.definitions.parts import CategoryDef, LicenceTerms
from market.users.models import Profile


@dataclass(frozen=True, slots=True)
class Offer:
    """A licence of the item, what it allows, and the price with everything in it."""

    terms: LicenceTerms
    total_cents: int
    points: Sequence[Point]


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
    versions: Sequence[ItemVersion]
    offers: Sequence[Offer]
    facts: Sequence[Fact]
    support_months: int

    @cached_property
    def default_offer(self) -> Offer | None:
        default = [offer for offer in self.offers if offer.terms.is_default]
        return next(iter([*default, *self.offers]), None)

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
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def find_item(item_id: int) -> Item | None:
    """An item that has a page, whatever its site. One query."""
    item = (
        Item.objects.select_related(
            "author__profile", "category", "detail", "stats", "live_version"
        )
        .filter(pk=item_id)
        .first()
    )
    return item if item and item.is_public and item.live_version_id else None


def item_page(item: Item, marketplace: Marketplace) -> ItemPage:
    """Five queries beside the one of `find_item`; four when the item is off sale."""
    path = item.category.path
    top = path.split("/", 1)[0]
    previews: dict[str, list[ItemPreview]] = {}
    for preview in ItemPreview.objects.filter(version_id=item.live_version_id).order_by("position"):
        previews.setdefault(preview.kind, []).append(preview)
    detail = _detail(item)
    support = marketplace.support
    months = support.included_months if support.is_offered_for(top) and detail.has_support else 0
    return ItemPage(
        item=item,
        detail=detail,
        stats=getattr(item, "stats", None) or ItemStats(item=item),
        profile=getattr(item.author, "profile", None),
        category=marketplace.category(path),
        top=marketplace.category(top),
        previews=previews,
        files=_buyers_files(item),
        versions=list(
            ItemVersion.objects.filter(item=item, status=ItemVersion.Status.APPROVED).order_by(
                "-number"
            )[:20]
        ),
        offers=_offers(item, marketplace, top) if item.is_for_sale else (),
        facts=facts_of(marketplace.attributes_for(top), detail.attributes),
        support_months=months,
    )


def live_address(preview: ItemPreview) -> str:
    """The start page of an unpacked live preview, on the host that has no cookies."""
    path = preview.key.removeprefix("previews/live/") + preview.facts.get("index", "index.html")
    return hosts.link("files", "items:live", key=path)


def _detail(item: Item) -> ItemDetail:
    return getattr(item, "detail", None) or ItemDetail(item=item)


def _buyers_files(item: Item) -> list[ItemFile]:
    """What a purchase lets people download: the main file and those like it."""
    return list(
        ItemFile.objects.filter(
            version_id=item.live_version_id, role__in=["main", "installable"]
        ).order_by("role", "position")
    )


def _offers(item: Item, marketplace: Marketplace, top: str) -> list[Offer]:
    prices = dict(
        LicencePrice.objects.filter(item=item, current=1).values_list("licence_code", "cents")
    )
    fees = buyer_fees(item.site_id)
    return [
        Offer(terms, prices[terms.code] + fees[terms.code], licence_points(terms))
        for terms in marketplace.licences_for(top)
        if terms.code in prices and terms.code in fees
    ]
