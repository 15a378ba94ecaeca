"""Which previews lack a format that pages are drawn with."""

from collections.abc import Iterator

from market.items.content.pictures import picture_of
from market.items.models import Item, ItemPreview

# What make_picture makes; a thumbnail is small in any format.
DRAWN = ("image", "sample", "gallery", "wireframe", "poster", "turntable")
BATCH = 500


def lacks_formats(row: ItemPreview) -> bool:
    return row.kind in DRAWN and bool(row.source_id) and "avif" not in picture_of(row).files


def incomplete_versions(*, after: int = 0, until: int | None = None) -> Iterator[int]:
    """Ids of versions with such a preview, in order, by keyset."""
    rows = ItemPreview.objects.order_by("version_id", "kind", "position")
    if until is not None:
        rows = rows.filter(version_id__lte=until)
    while batch := list(rows.filter(version_id__gt=after)[:BATCH]):
        last = batch[-1].version_id
        # The last one of a full batch may go on behind it, and then is looked at once more.
        if len(batch) == BATCH and batch[0].version_id != last:
            batch = [row for row in batch if row.version_id != last]
        after = batch[-1].version_id
        yield from dict.fromkeys(row.version_id for row in batch if lacks_formats(row))


def items_on_sale(*, after: int = 0, until: int | None = None) -> Iterator[int]:
    """Ids in order, by keyset on the primary key: a whole catalogue is read in small steps."""
    rows = Item.objects.order_by("pk")
    if until is not None:
        rows = rows.filter(pk__lte=until)
    while batch := list(rows.filter(pk__gt=after).values_list("pk", "status")[:BATCH]):
        after = batch[-1][0]
        yield from (pk for pk, status in batch if status == Item.Status.APPROVED)
