"""Pictures that many items share: those of items that are there, else a few drawn here.

A row of each item's own points at them, so that pages are drawn as always and nothing is stored
11 million times.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image, ImageDraw

from market.items.making import pictures
from market.items.making.outputs import Made
from market.items.models import Item, ItemPreview
from market.items.services.media import store_output
from market.ops.catalogue.chances import fresh
from market.tenancy.definitions import Marketplace

PER_SITE = 3  # of what is there; drawn, one is enough
# One of each; a gallery would be the greater part of all rows.
KINDS = (
    "thumbnail", "image", "sample", "poster", "audio", "waveform", "video", "model", "live",
)  # fmt: skip
SIZE = (1180, 600)
LINES = 9
KEPT = (
    "kind", "position", "key", "content_type", "width", "height", "bytes", "facts",
)  # fmt: skip
Look = list[dict[str, Any]]  # an ItemPreview's columns, as KEPT


def looks_of(site: Marketplace) -> list[Look]:
    """Of the newest items on sale; drawn and stored where there are none with a picture."""
    sold = Item.objects.filter(site_id=site.id, status=Item.Status.APPROVED)
    versions = sold.order_by("-pk").values_list("live_version_id", flat=True)[:PER_SITE]
    found = [look for one in versions if (look := _of_version(one))]
    return found or [_drawn(site)]


def rows_of(look: Look) -> list[ItemPreview]:
    return [ItemPreview(**one) for one in look]


def _of_version(version_id: int | None) -> Look:
    rows = ItemPreview.objects.filter(version_id=version_id, kind__in=KINDS)
    first: dict[str, dict[str, Any]] = {}
    for row in rows.order_by("kind", "position").values(*KEPT):
        first.setdefault(row["kind"], row | {"position": 0})
    return list(first.values())


def _drawn(site: Marketplace) -> Look:
    with tempfile.TemporaryDirectory(prefix="looks-") as name:
        folder = Path(name)
        source = folder / "source.png"
        _draw(site).save(source)
        return [
            _stored("image", pictures.make_picture(source, folder)),
            _stored("thumbnail", pictures.make_thumbnail(source, folder, crop=True)),
        ]


def _draw(site: Marketplace) -> Image.Image:
    """Lines over a ground of the site's colour: something that a browser has to decode."""
    chance = fresh(site.id, "look", 0)
    image = Image.new("RGB", SIZE, site.accent)
    draw = ImageDraw.Draw(image)
    for _ in range(LINES):
        ends = [chance.randrange(SIZE[place % 2]) for place in range(4)]
        shade = tuple(chance.randrange(256) for _ in range(3))
        draw.line(ends, fill=shade, width=chance.randint(8, 90))
    return image


def _stored(kind: str, made: Made) -> dict[str, Any]:
    prefix = f"previews/{uuid4().hex}/"
    variants: Sequence[dict[str, Any]] = [
        store_output(prefix + output.name, output) for output in made.outputs
    ]
    main = made.outputs[0]
    return {
        "kind": kind,
        "position": 0,
        "key": prefix + main.name,
        "content_type": main.content_type,
        "width": main.width,
        "height": main.height,
        "bytes": sum(one["bytes"] for one in variants),
        "facts": made.facts | {"variants": variants},
    }
