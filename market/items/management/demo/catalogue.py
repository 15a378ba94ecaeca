"""The demo's items, offered, uploaded, reviewed and approved like everybody's."""

from decimal import ROUND_CEILING, Decimal

from market.items.content.validation import ItemContent
from market.items.management.demo.folder import DemoItem
from market.items.models import Item, ItemVersion
from market.items.selectors.desk import newest_version
from market.items.services import authoring, reviews, uploads
from market.jobs import services as jobs
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplace
from market.users.models import User


def find_item(demo: DemoItem, author: User) -> Item | None:
    site = marketplace(demo.said["site"])
    return (
        Item.objects.select_related("category")
        .filter(site_id=site.id, author=author, name=demo.said["name"])
        .order_by("pk")
        .first()
    )


def load_item(demo: DemoItem, author: User, reviewer: User) -> Item:
    """Bring one item on sale, from wherever an interrupted run left it."""
    item = find_item(demo, author) or _create(demo, author)
    if item.is_editable:
        _describe(item, demo, author)
        _upload(item, demo, author)
        authoring.submit(item=item, author=author)
        item.refresh_from_db()
    if item.status in (Item.Status.SUBMITTED, Item.Status.IN_REVIEW):
        _review(item, reviewer)
        item.refresh_from_db()
    return item


def _create(demo: DemoItem, author: User) -> Item:
    return authoring.create_item(
        author=author,
        site_id=marketplace(demo.said["site"]).id,
        category_path=demo.said["category"],
        content=ItemContent(name=demo.said["name"]),
    )


def _describe(item: Item, demo: DemoItem, author: User) -> None:
    said, licence = demo.said, demo.said["licence"]
    site = marketplace(said["site"])
    content = ItemContent(
        name=said["name"],
        summary=said["summary"],
        description=said["description"],
        tags=tuple(said["tags"]),
        attributes=said["attributes"],
        attribution=licence["attribution"],
        upstream_licence=licence["spdx"],
        has_support=site.support.is_offered_for(said["category"].split("/")[0]),
        label=said.get("version", ""),
    )
    authoring.update_item(
        item=item,
        author=author,
        category_path=said["category"],
        content=content,
        prices=prices_of(site, said["category"].split("/")[0], int(said["price_cents"])),
    )


def prices_of(site: Marketplace, top: str, base_cents: int) -> dict[str, int]:
    """The default licence's price, and the others by the multiple that the form proposes."""
    step = Decimal(site.pricing.item_price_step_cents)
    prices = {}
    for terms in site.licences_for(top):
        multiple = Decimal(1) if terms.is_default else terms.suggested_multiple
        steps = (base_cents * multiple / step).to_integral_value(ROUND_CEILING)
        prices[terms.code] = min(int(steps * step), site.pricing.item_price_max_cents)
    return prices


def _upload(item: Item, demo: DemoItem, author: User) -> None:
    version = newest_version(item)
    present = set(version.files.values_list("role", flat=True))
    for role, name in demo.said["files"].items():
        if role not in present:
            path = demo.folder / name
            # What buyers download is called like the item.
            called = f"{demo.folder.name}{path.suffix}" if role == "main" else name
            with path.open("rb") as file:
                uploads.receive_upload(
                    author=author, version=version, role=role, name=called, file=file
                )


def _review(item: Item, reviewer: User) -> None:
    jobs.run_ready(queues=["media"], raise_errors=True)
    version = newest_version(item)
    if version.status == ItemVersion.Status.SUBMITTED:
        reviews.start_review(version=version, reviewer=reviewer)
    reviews.approve(version=version, reviewer=reviewer)
