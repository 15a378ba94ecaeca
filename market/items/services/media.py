"""The previews of a version: made of its files, public, replaced when a file is."""

import shutil
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction

from market.core import storage
from market.items import tasks
from market.items.making import Made, archives, captions, films, fonts, icons, pictures, sounds
from market.items.making.outputs import Output
from market.items.models import Item, ItemFile, ItemPreview, ItemVersion
from market.items.selectors.drafts import MADE_OF_CONTENT, WantedPreview, wanted_previews
from market.items.selectors.pictures import lacks_formats
from market.items.services import publishing
from market.tenancy.registry import marketplace_by_id

POSITIONS_PER_FILE = 100  # an archive of screenshots takes several
MOST_IN_ARCHIVE = 30
CAPTIONED = ("gallery", "wireframe", "before", "after")
MANY = ("gallery", "turntable", "glyphs")
OF_CONTENT = {kind for kind, _ in MADE_OF_CONTENT.values()}
NO_OUTPUT = Output("", Path(), "")
NOTHING = Made([], {"count": 0})  # tried, and nothing could be shown: nobody waits for it


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
        made = _made(wanted, _fetched(wanted.file, folder), folder)
        rows = [_store(version, wanted, number, one) for number, one in enumerate(made)]
        _book(version, wanted, rows)


def _fetched(file: ItemFile, folder: Path) -> Path:
    source = folder / f"source.{file.format}"
    with storage.open_file(file.key) as stored, source.open("wb") as copy:
        shutil.copyfileobj(stored, copy, storage.CHUNK_BYTES)
    return source


def _made(wanted: WantedPreview, source: Path, folder: Path) -> list[Made]:
    """Usually one; of an archive of pictures or fonts several."""
    match wanted.kind:
        case "icons":
            return [icons.make_icons(source, folder) or NOTHING]
        case "glyphs":
            return fonts.make_glyphs(source, folder) or [NOTHING]
        case "gallery" | "turntable" if wanted.file.format == "zip":
            return archives.make_gallery(source, folder, most=MOST_IN_ARCHIVE)
    return [_made_one(wanted, source, folder)]


def _made_one(wanted: WantedPreview, source: Path, folder: Path) -> Made:
    match wanted.kind:
        case "audio" | "waveform" | "video" | "poster":
            return _made_in_time(wanted, source, folder)
        case "model":
            measured = wanted.file.facts
            kept = {name: measured[name] for name in ("triangles", "materials", "animations")}
            return Made([Output("model.glb", source, "model/gltf-binary")], kept)
        case "live":
            return archives.make_live(source, folder)
    return _made_picture(wanted, source, folder)


def _made_picture(wanted: WantedPreview, source: Path, folder: Path) -> Made:
    if wanted.marked and wanted.file.format == "zip":
        source = archives.take_first_picture(source, folder)
    if wanted.kind == "thumbnail":
        return pictures.make_thumbnail(source, folder, crop=wanted.marked)
    made = pictures.make_picture(source, folder, marked=wanted.marked)
    if wanted.kind in CAPTIONED:
        made.facts.update(captions.caption_facts(wanted.file.name))
    return made


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
    variants = [store_output(prefix + output.name, output) for output in made.outputs]
    main = made.outputs[0] if made.outputs else NO_OUTPUT
    facts: dict[str, Any] = dict(made.facts)
    if main.content_type.startswith("image/webp"):
        facts["variants"] = variants
    if wanted.kind == "icons" and made.outputs:
        facts["names_key"] = prefix + made.outputs[1].name
    if is_live:
        facts["names"] = [output.name for output in made.outputs]
    first = wanted.file.position * POSITIONS_PER_FILE if wanted.kind in MANY else 0
    return ItemPreview(
        version=version,
        kind=wanted.kind,
        position=first + number,
        key=prefix if is_live else (prefix + main.name if main.name else ""),
        content_type="text/html" if is_live else main.content_type,
        width=main.width,
        height=main.height,
        bytes=sum(one["bytes"] for one in variants),
        facts=facts,
        source_id=wanted.file.pk,
    )


@transaction.atomic
def _book(version: ItemVersion, wanted: WantedPreview, rows: list[ItemPreview]) -> None:
    """Put the new rows in the place of the old.

    If the file is gone by now, the author gave a better one, or another job was quicker, the new
    objects go instead: what stands there may be on pages already.
    """
    Item.objects.select_for_update().get(pk=version.item_id)
    same = version.previews.filter(kind=wanted.kind)
    still = {(one.kind, one.file.pk) for one in _wanted(version)}
    is_late = (wanted.kind, wanted.file.pk) not in still
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


def add_content_previews(*, version_id: int) -> int:
    """Draw what is in the archive, where that is missing; returns of how many kinds."""
    version = ItemVersion.objects.select_related("item__category").get(pk=version_id)
    made = set(version.previews.values_list("kind", flat=True))
    missing = [one for one in _wanted(version) if one.kind in OF_CONTENT and one.kind not in made]
    for one in missing:
        _make(version, one)
    return len(missing)


def complete_pictures(*, version_id: int) -> int:
    """Add missing formats beside what is stored; returns of how many previews.

    Nothing is replaced, so repeating it is safe, and pages that were kept go on being drawn.
    """
    version = ItemVersion.objects.select_related("item__category").filter(pk=version_id).first()
    if version is None:
        return 0
    lacking = [row for row in version.previews.all() if lacks_formats(row)]
    by_source = {(one.kind, one.file.pk): one for one in _wanted(version)}
    done = 0
    for source in dict.fromkeys((row.kind, row.source_id) for row in lacking):
        if source in by_source:
            done += _complete(lacking, by_source[source])
    if done:
        _refresh_card(version)
    return done


def _complete(lacking: list[ItemPreview], wanted: WantedPreview) -> int:
    """The previews that come of one file."""
    rows = [row for row in lacking if (row.kind, row.source_id) == (wanted.kind, wanted.file.pk)]
    with tempfile.TemporaryDirectory(prefix="previews-") as name:
        folder = Path(name)
        made = _made(wanted, _fetched(wanted.file, folder), folder)
        first = wanted.file.position * POSITIONS_PER_FILE if wanted.kind in MANY else 0
        for row in rows:
            _add_variants(row, made[row.position - first])
    return len(rows)


def _add_variants(row: ItemPreview, made: Made) -> None:
    stored = {one["key"] for one in row.facts.get("variants", [])}
    prefix = row.key.rpartition("/")[0]
    for output in made.outputs:
        key = f"{prefix}/{output.name}"
        if key not in stored:
            row.facts.setdefault("variants", []).append(store_output(key, output))
    row.facts |= made.facts
    row.bytes = sum(one["bytes"] for one in row.facts["variants"])
    row.save(update_fields=["facts", "bytes"])


def store_output(key: str, output: Output) -> dict[str, Any]:
    """Put an output under its key, as `variants` tell of it; it may be there from a killed run."""
    with output.path.open("rb") as file:
        try:
            measured = storage.save(key, file, content_type=output.content_type)
        except storage.KeyTaken:
            measured = storage.measure(file)
    return {
        "key": key,
        "width": output.width,
        "height": output.height,
        "bytes": measured.bytes,
        "content_type": output.content_type,
    }


@transaction.atomic
def _refresh_card(version: ItemVersion) -> None:
    item = Item.objects.select_for_update().get(pk=version.item_id)
    if item.live_version_id == version.pk:
        item.card = publishing.make_card(item, version)
        item.save(update_fields=["card"])


def _drop(rows: list[ItemPreview]) -> None:
    if rows:
        ItemPreview.objects.filter(pk__in=[row.pk for row in rows]).delete()
        tasks.delete_objects.enqueue(keys=[key for row in rows for key in keys_of(row)])


def keys_of(preview: ItemPreview) -> list[str]:
    """All objects of a preview."""
    if preview.kind == "live":
        return [preview.key + name for name in preview.facts.get("names", [])]
    variants = [one["key"] for one in preview.facts.get("variants", [])]
    return [key for key in dict.fromkeys([preview.key, *variants]) if key]
