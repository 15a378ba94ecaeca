"""The previews of a version: made of its files, public, replaced when a file is."""

import shutil
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction

from market.core import storage
from market.items import tasks
from market.items.making import Made, archives, films, pictures, sounds
from market.items.making.outputs import Output
from market.items.models import Item, ItemFile, ItemPreview, ItemVersion
from market.items.selectors.drafts import WantedPreview, wanted_previews
from market.tenancy.registry import marketplace_by_id

POSITIONS_PER_FILE = 100  # an archive of screenshots takes several
MOST_IN_ARCHIVE = 30
MANY = ("gallery", "turntable")


def make_previews(*, version_id: int) -> None:
    """Bring previews in line with files. Repeating it, or two at once, makes each once."""
    version = ItemVersion.objects.select_related("item__category").filter(pk=version_id).first()
    if version is None:
        return
    wanted = _wanted(version)
    made = set(version.previews.values_list("kind", "source_id"))
    for one in wanted:
        if (one.kind, one.file.pk) not in made:
            _make(version, one)
    _remove_unwanted(version)


def _wanted(version: ItemVersion) -> list[WantedPreview]:
    item = version.item
    top = item.category.path.split("/")[0]
    return wanted_previews(version, top, marketplace_by_id(item.site_id))


def _make(version: ItemVersion, wanted: WantedPreview) -> None:
    with tempfile.TemporaryDirectory(prefix="previews-") as name:
        folder = Path(name)
        source = folder / f"source.{wanted.file.format}"
        with storage.open_file(wanted.file.key) as stored, source.open("wb") as copy:
            shutil.copyfileobj(stored, copy, storage.CHUNK_BYTES)
        made = _made(wanted, source, folder)
        rows = [_store(version, wanted, number, one) for number, one in enumerate(made)]
        _book(version, wanted, rows)


def _made(wanted: WantedPreview, source: Path, folder: Path) -> list[Made]:
    if wanted.kind in MANY and wanted.file.format == "zip":
        return archives.make_gallery(source, folder, most=MOST_IN_ARCHIVE)
    if wanted.marked and wanted.file.format == "zip":
        source = archives.take_first_picture(source, folder)
    match wanted.kind:
        case "thumbnail":
            return [pictures.make_thumbnail(source, folder, crop=wanted.marked)]
        case "audio" | "waveform" | "video" | "poster":
            return [_made_in_time(wanted, source, folder)]
        case "model":
            measured = wanted.file.facts
            kept = {name: measured[name] for name in ("triangles", "materials", "animations")}
            return [Made([Output("model.glb", source, "model/gltf-binary")], kept)]
        case "live":
            return [archives.make_live(source, folder)]
    return [pictures.make_picture(source, folder, marked=wanted.marked)]


def _made_in_time(wanted: WantedPreview, source: Path, folder: Path) -> Made:
    """What has a length: sounds and films."""
    facts = wanted.file.facts
    seconds = float(facts["seconds"])
    match wanted.kind:
        case "audio":
            return sounds.make_audio(source, seconds=seconds)
        case "waveform":
            return sounds.make_waveform(source, folder, seconds=seconds)
        case "video":
            film = films.FilmSize(seconds, facts["width"], facts["height"])
            return films.make_video(source, folder, format_name=wanted.file.format, film=film)
    return films.make_poster(source, folder, seconds=seconds)


def _store(version: ItemVersion, wanted: WantedPreview, number: int, made: Made) -> ItemPreview:
    """Public objects under a prefix of their own; the row is not saved yet."""
    is_live = wanted.kind == "live"
    prefix = f"previews/live/{uuid4().hex}/" if is_live else f"previews/{uuid4().hex}/"
    sizes = []
    for output in made.outputs:
        with output.path.open("rb") as file:
            measured = storage.save(prefix + output.name, file, content_type=output.content_type)
        sizes.append(measured.bytes)
    main = made.outputs[0]
    facts: dict[str, Any] = dict(made.facts)
    if main.content_type.startswith("image/webp"):
        facts["variants"] = [
            {
                "key": prefix + output.name,
                "width": output.width,
                "height": output.height,
                "bytes": size,
                "content_type": output.content_type,
            }
            for output, size in zip(made.outputs, sizes, strict=True)
        ]
    if is_live:
        facts["names"] = [output.name for output in made.outputs]
    first = wanted.file.position * POSITIONS_PER_FILE if wanted.kind in MANY else 0
    return ItemPreview(
        version=version,
        kind=wanted.kind,
        position=first + number,
        key=prefix if is_live else prefix + main.name,
        content_type="text/html" if is_live else main.content_type,
        width=main.width,
        height=main.height,
        bytes=sum(sizes),
        facts=facts,
        source_id=wanted.file.pk,
    )


@transaction.atomic
def _book(version: ItemVersion, wanted: WantedPreview, rows: list[ItemPreview]) -> None:
    """Put the new rows in the place of the old.

    If the file is gone by now, or another job was quicker, the new objects go instead.
    """
    Item.objects.select_for_update().get(pk=version.item_id)
    same = version.previews.filter(kind=wanted.kind)
    is_late = not ItemFile.objects.filter(pk=wanted.file.pk).exists()
    if is_late or same.filter(source_id=wanted.file.pk).exists():
        tasks.delete_objects.enqueue(keys=[key for row in rows for key in keys_of(row)])
        return
    positions = [row.position for row in rows]
    _drop(list(same.filter(position__in=positions)))
    ItemPreview.objects.bulk_create(rows)


@transaction.atomic
def _remove_unwanted(version: ItemVersion) -> None:
    Item.objects.select_for_update().get(pk=version.item_id)
    wanted = {(one.kind, one.file.pk) for one in _wanted(version)}
    rows = list(version.previews.all())
    _drop([row for row in rows if row.source_id and (row.kind, row.source_id) not in wanted])


def _drop(rows: list[ItemPreview]) -> None:
    if rows:
        ItemPreview.objects.filter(pk__in=[row.pk for row in rows]).delete()
        tasks.delete_objects.enqueue(keys=[key for row in rows for key in keys_of(row)])


def keys_of(preview: ItemPreview) -> list[str]:
    """All objects of a preview."""
    if preview.kind == "live":
        return [preview.key + name for name in preview.facts.get("names", [])]
    variants = [one["key"] for one in preview.facts.get("variants", [])]
    return list(dict.fromkeys([preview.key, *variants]))
