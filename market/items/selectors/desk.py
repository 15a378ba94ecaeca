"""What an author's desk shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from market.core.pagination import Page, decode_cursor, encode_cursor
from market.items.content.roles import role_label
from market.items.models import Item, ItemEvent, ItemFile, ItemPreview, ItemVersion, LicencePrice
from market.items.selectors.drafts import missing_for_submission
from market.tenancy.definitions import FileRole, Marketplace
from market.tenancy.registry import marketplace_by_id
from market.users.models import User

DESK_PAGE = 50


@dataclass(frozen=True, slots=True)
class RoleFiles:
    """A role of upload on the item's form, and what was uploaded for it."""

    role: FileRole
    label: str
    is_required: bool
    files: Sequence[ItemFile]
    problem: str = ""  # why the upload of just now was refused


@dataclass(frozen=True, slots=True)
class DraftPage:
    """What the form of an item shows beside its fields."""

    item: Item
    site: Marketplace
    version: ItemVersion
    roles: Sequence[RoleFiles]
    previews: Sequence[ItemPreview]
    missing: Sequence[str]
    last_reason: str


def author_items(author: User, cursor: str = "", size: int = DESK_PAGE) -> Page[Item]:
    """An author's items, newest first, with `stats` and `category`. One query. Raises BadCursor."""
    rows = Item.objects.filter(author=author).select_related("stats", "category")
    if cursor:
        (before,) = decode_cursor(cursor, int)
        rows = rows.filter(pk__lt=min(int(before), 2**62))
    found = list(rows.order_by("-pk")[: size + 1])
    more = len(found) > size
    return Page(found[:size], encode_cursor(found[size - 1].pk) if more else None)


def own_item(author: User, item_id: int) -> Item | None:
    return (
        Item.objects.select_related("category", "detail", "author")
        .filter(pk=item_id, author=author)
        .first()
    )


def newest_version(item: Item) -> ItemVersion:
    """The draft if there is one. Every item has a version."""
    return item.versions.order_by("-number")[0]


def draft_page(item: Item, problems: Mapping[str, str] | None = None) -> DraftPage:
    """`problems`: by role, why an upload was refused."""
    site = marketplace_by_id(item.site_id)
    top = item.category.path.split("/")[0]
    version = newest_version(item)
    files = list(version.files.order_by("role", "position"))
    roles = [
        RoleFiles(
            role=role,
            label=role_label(role.role),
            is_required=role.is_required_for(top),
            files=[file for file in files if file.role == role.role],
            problem=(problems or {}).get(role.role, ""),
        )
        for role in site.file_roles_for(top)
        if role.is_upload
    ]
    roles.sort(key=lambda one: (one.role.role != "main", not one.is_required))
    return DraftPage(
        item=item,
        site=site,
        version=version,
        roles=roles,
        previews=list(version.previews.order_by("kind", "position")),
        missing=missing_for_submission(item, version) if version.is_editable else [],
        last_reason=_last_reason(version),
    )


def _last_reason(version: ItemVersion) -> str:
    rejected = (ItemVersion.Status.SOFT_REJECTED, ItemVersion.Status.HARD_REJECTED)
    if version.status not in rejected:
        return ""
    event = version.events.filter(to_status__in=rejected).order_by("-pk").first()
    return event.reason if event else ""


def item_history(item: Item) -> list[ItemEvent]:
    return list(item.events.select_related("actor", "version").order_by("-pk")[:50])


def current_prices(item_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    """Item prices in force in cents, without fee and tax, by (item id, licence code). One query."""
    rows = LicencePrice.objects.filter(item__in=list(item_ids), current=1)
    return {
        (item, code): cents
        for item, code, cents in rows.values_list("item_id", "licence_code", "cents")
    }
