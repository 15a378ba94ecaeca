"""The pictures of shared links: one for each item, made anew when what it shows changes."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from market.core import storage
from market.items import tasks
from market.items.making.shares import ShareStyle, make_share
from market.items.models import Item, ItemPreview, ItemVersion
from market.tenancy.definitions import Marketplace
from market.tenancy.registry import marketplace_by_id

KIND = "share"
DESIGN = 1  # another number draws all anew
FONTS = Path(settings.BASE_DIR) / "node_modules" / "@fontsource-variable"


def make_share_picture(*, item_id: int) -> bool:
    """Draw what a link to the item shows; whether it was missing or old. Safe to repeat."""
    item = Item.objects.select_related("author__profile", "live_version").filter(pk=item_id).first()
    if item is None or not item.is_for_sale or item.live_version is None:
        return False
    inputs = _inputs(item)
    if _drawn(item.live_version, inputs):
        return False
    _book(item, inputs, _draw(item))
    return True


def site_style(site: Marketplace) -> ShareStyle:
    name = slugify(site.heading_font)
    return ShareStyle(
        accent=site.accent,
        on_accent=site.on_accent,
        face=FONTS / name / "files" / f"{name}-latin-wght-normal.woff2",
        mark=settings.SITES_DIR / site.slug / "logo.svg",
    )


def _inputs(item: Item) -> str:
    """All that the picture is made of. The price is not in it: a shared link outlives it."""
    style = site_style(marketplace_by_id(item.site_id))
    shown = [DESIGN, item.name, _byline(item), item.card.get("preview"), item.card.get("peaks")]
    said = json.dumps([*shown, style.accent, style.on_accent, style.face.name], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _byline(item: Item) -> str:
    return f"{item.card.get('author_name', '')} · {marketplace_by_id(item.site_id).name}"


def _drawn(version: ItemVersion, inputs: str) -> bool:
    return any(row.facts.get("inputs") == inputs for row in version.previews.filter(kind=KIND))


def _draw(item: Item) -> ItemPreview:
    """The picture stored; its row is not saved yet."""
    with tempfile.TemporaryDirectory(prefix="share-") as name:
        folder = Path(name)
        made = make_share(
            folder,
            style=site_style(marketplace_by_id(item.site_id)),
            name=item.name,
            byline=_byline(item),
            picture=_fetched(item, folder),
            peaks=item.card.get("peaks", ()),
        )
        (output,) = made.outputs
        digest = hashlib.sha256(output.path.read_bytes()).hexdigest()[:16]
        key = f"previews/{uuid4().hex}/share-{digest}.jpg"
        with output.path.open("rb") as file:
            measured = storage.save(key, file, content_type=output.content_type)
    return ItemPreview(
        version=item.live_version,
        kind=KIND,
        key=key,
        content_type=output.content_type,
        width=output.width,
        height=output.height,
        bytes=measured.bytes,
    )


def _fetched(item: Item, folder: Path) -> Path | None:
    """The card's picture; a sound is drawn by its loudness instead."""
    preview = item.card.get("preview")
    if not preview or item.card.get("peaks"):
        return None
    target = folder / "picture"
    with storage.open_file(preview["key"]) as stored, target.open("wb") as copy:
        shutil.copyfileobj(stored, copy, storage.CHUNK_BYTES)
    return target


@transaction.atomic
def _book(item: Item, inputs: str, row: ItemPreview) -> None:
    """In the place of the former, unless another job was quicker."""
    locked = Item.objects.select_for_update().get(pk=item.pk)
    version = locked.live_version
    is_late = version is None or version.pk != row.version_id or _drawn(version, inputs)
    former = [] if version is None or is_late else list(version.previews.filter(kind=KIND))
    gone = [row.key] if is_late else [one.key for one in former]
    if gone:
        tasks.delete_objects.enqueue(keys=gone)
    if not is_late:
        ItemPreview.objects.filter(pk__in=[one.pk for one in former]).delete()
        row.facts = {"inputs": inputs}
        row.save(force_insert=True)
