from dataclasses import dataclass

from market.core.pagination import Page, decode_cursor, encode_cursor
from market.items.models import ItemFile, ItemVersion
from market.purchases.models import Purchase
from market.purchases.selectors.orders import licence_names
from market.users.models import User

PAGE = 20
MAIN = "main"  # the role of what buyers download


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRow:
    """`version` is the newest approved one: buyers keep up with updates, even of retired items."""

    purchase: Purchase
    licence_name: str
    version: ItemVersion | None
    files: list[ItemFile]


def library(
    *, buyer: User, words: str = "", cursor: str = "", size: int = PAGE
) -> Page[LibraryRow]:
    """What a person has bought, newest first, by three queries. Raises BadCursor.

    `words` narrows it down to items whose name begins with them.
    """
    purchases = Purchase.objects.filter(buyer=buyer).select_related("item__live_version")
    if words:
        purchases = purchases.filter(item__name__istartswith=words)
    if cursor:
        purchases = purchases.filter(pk__lt=decode_cursor(cursor, int)[0])
    found = list(purchases.order_by("-pk")[: size + 1])
    shown = found[:size]
    files: dict[int, list[ItemFile]] = {}
    versions = {one.item.live_version_id for one in shown if one.item.live_version_id}
    rows = ItemFile.objects.filter(version_id__in=versions, role=MAIN)
    for file in rows.order_by("position").defer("facts"):
        files.setdefault(file.version_id, []).append(file)
    names = licence_names({one.site_id for one in shown})
    return Page(
        [
            LibraryRow(
                purchase=one,
                licence_name=names.get((one.site_id, one.licence_code), one.licence_code),
                version=one.item.live_version,
                files=files.get(one.item.live_version_id or 0, []) if one.is_valid else [],
            )
            for one in shown
        ],
        encode_cursor(shown[-1].pk) if len(found) > size else None,
    )


def owned(*, buyer: User, item_id: int) -> list[Purchase]:
    """What a person holds of one item."""
    held = Purchase.objects.filter(buyer=buyer, item_id=item_id, reversed_at=None)
    return list(held.order_by("pk"))
