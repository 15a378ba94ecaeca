"""Previews are made by jobs, anew from what was uploaded, once."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from market.core import storage
from market.items import tasks
from market.items.content.validation import ItemContent
from market.items.making import films, sounds
from market.items.models import ItemPreview
from market.items.services import authoring, media, uploads
from market.items.subprocesses import ToolFailed
from market.jobs import services as jobs
from tests.items.conftest import give, version_of
from tests.items.samples import GLB, MP3, MP4, archive, picture


@pytest.fixture
def item_at(author):
    """An empty draft at a category of a marketplace."""

    def make(site_id: int, category: str):
        return authoring.create_item(
            author=author,
            site_id=site_id,
            category_path=category,
            content=ItemContent(name="A Thing"),
        )

    return make


def work() -> None:
    jobs.run_ready(queues=["media", "default"], raise_errors=True)


def kinds(item) -> dict[str, ItemPreview]:
    return {row.kind: row for row in version_of(item).previews.all()}


def opened(key: str) -> Image.Image:
    with storage.open_file(key) as file:
        return Image.open(io.BytesIO(file.read()))


def keys_in_store() -> set[str]:
    folders, _ = default_storage.listdir("previews")
    return {f"previews/{name}" for name in folders}


def test_pictures_are_written_anew_in_the_sizes_that_pages_use(draft):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A camera that tells"
    Image.new("RGB", (2400, 1200), "teal").save(out, "JPEG", exif=exif)
    give(draft, "preview_image", "a.jpg", out.getvalue())
    work()

    row = kinds(draft)["image"]
    assert (row.width, row.height, row.content_type) == (1180, 590, "image/webp")
    sizes = {
        one["key"].rpartition("/")[2]: (one["width"], one["height"], one["content_type"])
        for one in row.facts["variants"]
    }
    assert sizes == {
        "1180.webp": (1180, 590, "image/webp"),
        "590.webp": (590, 295, "image/webp"),
        "1180.avif": (1180, 590, "image/avif"),
        "800.avif": (800, 400, "image/avif"),
        "400.avif": (400, 200, "image/avif"),
    }
    for name, format_name in (("1180.webp", "WEBP"), ("1180.avif", "AVIF")):
        found = opened(row.key.replace("1180.webp", name))
        assert (found.format, found.size) == (format_name, (1180, 590))
        assert not found.getexif()
    assert row.facts["colour"][:6] == "#00808"  # teal, within what JPEG keeps


def test_thumbnails_come_in_webp_and_jpeg(draft):
    give(draft, "thumbnail", "a.png", picture(160, 160))
    work()

    variants = kinds(draft)["thumbnail"].facts["variants"]
    assert [(one["width"], one["content_type"]) for one in variants] == [
        (160, "image/webp"), (80, "image/webp"), (160, "image/jpeg"),
    ]  # fmt: skip


def test_a_photograph_is_turned_upright(draft):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees
    Image.new("RGB", (1200, 600), "teal").save(out, "JPEG", exif=exif)
    give(draft, "preview_image", "a.jpg", out.getvalue())
    work()

    row = kinds(draft)["image"]
    assert (row.width, row.height) == (600, 1200)


def test_working_twice_makes_each_once(draft):
    give(draft, "preview_image", "a.png", picture(1180, 600))
    work()
    before = (list(ItemPreview.objects.values_list("pk", "key")), keys_in_store())

    media.make_previews(version_id=version_of(draft).pk)
    work()

    assert (list(ItemPreview.objects.values_list("pk", "key")), keys_in_store()) == before


def test_another_file_brings_another_preview(draft):
    give(draft, "preview_image", "a.png", picture(1180, 600))
    work()
    first = kinds(draft)["image"]
    give(draft, "preview_image", "b.png", picture(700, 400))
    work()

    second = kinds(draft)["image"]
    assert (second.width, ItemPreview.objects.count()) == (700, 1)
    assert not storage.exists(first.key)
    assert storage.exists(second.key)


def test_a_removed_file_takes_its_previews_along(draft):
    give(draft, "preview_image", "a.png", picture(1180, 600))
    work()
    key = kinds(draft)["image"].key
    version = version_of(draft)
    uploads.remove_file(author=draft.author, version=version, file_id=version.files.get().pk)
    work()

    assert not ItemPreview.objects.exists()
    assert not storage.exists(key)


def test_screenshots_in_order_single_or_packed(draft):
    give(draft, "screenshots", "a.png", picture(600, 400))
    packed = {f"{number}.png": picture(600 + number, 400) for number in range(3)}
    give(draft, "screenshots", "b.zip", archive(packed))
    work()

    rows = version_of(draft).previews.order_by("position")
    assert [(row.kind, row.position) for row in rows] == [
        ("gallery", 0), ("gallery", 100), ("gallery", 101), ("gallery", 102),
    ]  # fmt: skip


def test_a_photograph_without_previews_of_its_own_gets_marked_ones(item_at):
    item = item_at(6, "animals/pets")
    give(item, "main", "a.zip", archive({"a.jpg": picture(900, 600, kind="JPEG")}))
    work()

    made = kinds(item)
    assert set(made) == {"thumbnail", "image", "sample"}
    sample = opened(made["sample"].key).convert("RGB")
    assert len(sample.getcolors(maxcolors=1_000_000)) > 10  # the mark across the plain picture
    assert (made["thumbnail"].width, made["thumbnail"].height) == (320, 320)


def test_a_slow_job_takes_nothing_from_a_better_preview(item_at):
    item = item_at(6, "animals/pets")
    give(item, "main", "a.zip", archive({"a.jpg": picture(900, 600, kind="JPEG")}))
    derived = [one for one in media._wanted(version_of(item)) if one.kind == "image"]
    give(item, "preview_image", "b.png", picture(1180, 600))
    work()
    before = kinds(item)["image"]

    for one in derived:  # begun before the author's own picture came, and ready after it
        media._make(version_of(item), one)
    work()

    assert kinds(item)["image"].key == before.key
    assert storage.exists(before.key)


def test_a_sound_with_its_waveform(item_at):
    item = item_at(4, "music/corporate")
    give(item, "preview_audio", "a.mp3", MP3)
    work()

    made = kinds(item)
    assert set(made) == {"audio", "waveform"}
    assert made["audio"].facts["seconds"] > 5
    peaks = made["waveform"].facts["peaks"]
    assert (len(peaks), max(peaks)) == (200, 1.0)
    assert min(peaks) >= 0
    with storage.open_file(made["waveform"].key) as drawing:
        assert drawing.read().startswith(b"<svg ")


def test_a_film_with_its_poster(item_at):
    item = item_at(3, "motion-graphics/backgrounds")
    give(item, "preview_video", "a.mp4", MP4)
    work()

    made = kinds(item)
    assert set(made) == {"video", "poster"}
    assert (made["video"].width, made["video"].content_type) == (640, "video/mp4")
    assert opened(made["poster"].key).size == (640, 360)


def test_a_model_as_it_is(item_at):
    item = item_at(7, "props/weapons")
    give(item, "model_preview", "a.glb", GLB)
    work()

    row = kinds(item)["model"]
    assert row.content_type == "model/gltf-binary"
    assert row.facts["triangles"] > 100


def test_a_live_preview_is_unpacked(item_at):
    item = item_at(1, "site-templates/portfolio")
    files = {
        "site/index.html": b"<p>Hi",
        "site/css/a.css": b"p{}",
        "site/sub/index.html": b"",
        "site/evil.php": b"<?php",
        "site/run.exe": b"MZ",
        "site/README": b"text",
    }
    give(item, "live_preview", "a.zip", archive(files))
    work()

    row = kinds(item)["live"]
    assert row.key.startswith("previews/live/")
    assert row.facts["index"] == "site/index.html"
    assert row.facts["names"] == ["site/index.html", "site/css/a.css", "site/sub/index.html"]
    assert all(storage.exists(row.key + name) for name in row.facts["names"])
    assert not storage.exists(row.key + "site/evil.php")


def test_a_playlist_that_poses_as_a_sound_reads_no_other_file(tmp_path):
    """The format is looked for behind an ID3 tag by ffmpeg, and frames by the checks."""
    other, posing = tmp_path / "other.mp3", tmp_path / "posing.mp3"
    other.write_bytes(MP3.read_bytes())
    tag = b"ID3" + bytes((3, 0, 0, 0, 0, 0, 0))
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{other}\n#EXT-X-ENDLIST\n"
    posing.write_bytes(tag + playlist.encode() + MP3.read_bytes()[45:])

    with pytest.raises(ToolFailed):
        sounds.peaks_of(posing)
    assert len(sounds.peaks_of(other)) == sounds.PEAKS


def test_the_job_lives_longer_than_each_of_its_tools():
    longest = max(films.COPY_SECONDS, films.STILL_SECONDS, sounds.DECODE_SECONDS)

    assert tasks.make_previews.deadline_seconds > 2 * longest


def test_pictures_from_before_there_was_avif_are_completed(draft):
    give(draft, "preview_image", "a.png", picture(1180, 600))
    give(draft, "screenshots", "b.zip", archive({f"{n}.png": picture(640, 400) for n in range(2)}))
    work()
    row = kinds(draft)["image"]
    expected = row.facts["variants"]
    for one in ItemPreview.objects.filter(kind__in=("image", "gallery")):
        kept = [old for old in one.facts["variants"] if old["key"].endswith(".webp")]
        for gone in one.facts["variants"][len(kept) + 1 :]:  # one file is there already
            storage.delete(gone["key"])
        one.facts = {"variants": kept}
        one.save(update_fields=["facts"])
    out = io.StringIO()

    call_command("complete_pictures", verbosity=0, stdout=out)
    call_command("complete_pictures", verbosity=0, stdout=out)

    assert out.getvalue().split("\n")[:2] == ["3 pictures completed.", "0 pictures completed."]
    completed = kinds(draft)["image"]
    assert (completed.pk, completed.key) == (row.pk, row.key)
    assert completed.facts["variants"] == expected
    assert completed.facts["colour"]
    for one in ItemPreview.objects.filter(kind__in=("image", "gallery")):
        assert all(storage.exists(each["key"]) for each in one.facts["variants"])
        assert any(each["key"].endswith(".avif") for each in one.facts["variants"])
