"""Previews drawn of what is in an archive: icons, fonts; and what pictures are called."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from market.items.content.validation import ItemContent
from market.items.making import captions, fonts, icons
from market.items.models import Category, Item, ItemPreview, ItemVersion
from market.items.selectors.content_previews import versions_without_content
from market.items.services import authoring, media
from market.jobs import services as jobs
from market.tenancy.registry import marketplace
from tests.items import samples
from tests.items.conftest import give, version_of

SQUARE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M2 2h20v20H2z"/></svg>'
)
RED = SQUARE.replace(b"<path", b'<path fill="#e02020"')


def make_zip(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "main.zip"
    path.write_bytes(samples.archive(files))
    return path


def make_font(text: str = "ABCabc123", *, family: str = "Brick Sans") -> bytes:
    """A font whose letters are bricks."""
    pen = TTGlyphPen(None)
    for point, draw in (((0, 0), pen.moveTo), ((0, 700), pen.lineTo), ((500, 700), pen.lineTo)):
        draw(point)
    pen.lineTo((500, 0))
    pen.closePath()
    brick = pen.glyph()
    names = {char: f"u{ord(char):04X}" for char in text}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap({ord(char): name for char, name in names.items()})
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], brick))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "fullName": family})
    builder.setupOS2()
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


# -- icons -------------------------------------------------------------------------------------


def test_icons_come_on_one_sheet_with_their_names_beside_it(tmp_path):
    files = {f"set/svg/arrow-{name}.svg": SQUARE for name in ("up", "down", "left")}
    files["set/READ ME.txt"] = b"hello"

    made = icons.make_icons(make_zip(tmp_path, files), tmp_path)

    sheet, names = made.outputs
    assert made.facts == {"count": 3, "cell": 72, "columns": 3, "is_dark": True}
    assert (sheet.width, sheet.height) == (216, 72)
    assert json.loads(names.path.read_text()) == ["arrow down", "arrow left", "arrow up"]
    with Image.open(sheet.path) as drawn:
        assert drawn.format == "WEBP"
        assert drawn.convert("RGBA").getpixel((36, 36))[3] == 255
        assert drawn.convert("RGBA").getpixel((1, 1))[3] == 0


def test_coloured_icons_are_not_taken_for_ink(tmp_path):
    made = icons.make_icons(make_zip(tmp_path, {"a.svg": SQUARE, "b.svg": RED}), tmp_path)

    assert made.facts["is_dark"] is False


HOSTILE = {
    "script": SQUARE.replace(b"<path", b"<script>alert(1)</script><path"),
    "entity": b'<!DOCTYPE s [<!ENTITY a "' + b"x" * 999 + b'">]>' + SQUARE,
    "entity in lower case": b"<!doctype s>" + SQUARE,
    "file of this host": SQUARE.replace(b"<path", b'<image href="file:///etc/passwd"/><path'),
    "picture elsewhere": SQUARE.replace(
        b"<path", b'<use xlink:href = "https://evil.example/a#b"/><path'
    ),
    "page inside": SQUARE.replace(b"<path", b"<foreignObject/><path"),
    "prefix": SQUARE.replace(b"<path", b"<svg:image/><path"),
    "not svg": b"GIF89a" + b"\0" * 40,
    "broken": b"<svg",
    "empty": b"",
    "too large": SQUARE + b" " * 300_000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_drawing_that_reaches_out_or_is_none_is_left_out(tmp_path, content):
    files = {"good.svg": SQUARE, "bad.svg": content}

    made = icons.make_icons(make_zip(tmp_path, files), tmp_path)

    assert json.loads(made.outputs[1].path.read_text()) == ["good"]


def test_an_archive_of_bad_drawings_has_no_sheet(tmp_path):
    assert icons.make_icons(make_zip(tmp_path, {"bad.svg": b"<svg"}), tmp_path) is None


def test_a_drawing_of_any_size_fits_its_cell(tmp_path):
    huge = SQUARE.replace(b"viewBox", b'width="90000" height="90000" viewBox')
    wide = SQUARE.replace(b"0 0 24 24", b"0 0 240 24")

    made = icons.make_icons(make_zip(tmp_path, {"a.svg": huge, "b.svg": wide}), tmp_path)

    assert (made.outputs[0].width, made.outputs[0].height) == (144, 72)


def test_no_more_icons_are_drawn_than_a_sheet_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(icons, "MOST_ICONS", 3)
    files = {f"{number}.svg": SQUARE for number in range(5)}

    made = icons.make_icons(make_zip(tmp_path, files), tmp_path)

    assert made.facts["count"] == 3


def test_names_of_icons_are_plain_words():
    assert icons.shown_name("a/b/arrow-up_left.svg") == "arrow up left"
    assert icons.shown_name("\u202egnp.exe.svg") == "gnp.exe"
    assert icons.shown_name("---.svg") == "?"
    assert len(icons.shown_name("x" * 300 + ".svg")) == 60


# -- fonts -------------------------------------------------------------------------------------


def test_each_font_has_a_sheet_of_its_characters(tmp_path):
    path = make_zip(
        tmp_path, {"f/Brick.ttf": make_font(), "f/Brick.otf": make_font(), "f/OFL.txt": b""}
    )

    (made,) = fonts.make_glyphs(path, tmp_path)

    assert made.facts == {"family": "Brick Sans", "glyphs": 9}
    with Image.open(made.outputs[0].path) as sheet:
        assert (sheet.format, sheet.size) == ("WEBP", (1200, 160))


def test_what_is_no_font_has_no_sheet_and_harms_no_other(tmp_path):
    files = {
        "a.ttf": b"\0\1\0\0" + b"\xff" * 400,
        "b.woff2": b"wOF2" + b"\0" * 60,
        "c.otf": b"",
        "d.ttf": make_font()[:-200],
        "e.ttf": make_font(" \t"),
        "f.ttf": make_font(family="\u202eBrick\x00 Sans" + "x" * 200),
    }

    made = fonts.make_glyphs(make_zip(tmp_path, files), tmp_path)

    families = [one.facts["family"] for one in made]
    assert families[-1].startswith("Brick Sans")
    assert all("\u202e" not in one and len(one) <= 80 for one in families)


def test_only_so_many_fonts_are_drawn(tmp_path):
    files = {f"{number}.ttf": make_font("A") for number in range(4)}

    assert len(fonts.make_glyphs(make_zip(tmp_path, files), tmp_path, most=2)) == 2


# -- captions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "caption"),
    [
        ("shots/01_Home page.png", "Home page"),
        ("02-pricing-table--dark.png", "Pricing table: dark"),
        ("Контакты_форма.jpg", "Контакты форма"),
        ("صفحة_البداية.png", "صفحة البداية"),
        ("3. Check-out.webp", "Check out"),
        ("screenshot.png", ""),
        ("Screenshot 2026-03-01 at 10.22.31.png", ""),
        ("IMG_2041.jpg", ""),
        ("DSC00012.JPG", ""),
        ("before.jpg", ""),
        ("42.png", ""),
        ("\u202egpj.exe.png", "Gpj.exe"),
        ("y" * 300 + ".png", "Y" + "y" * 119),
    ],
)
def test_a_picture_is_called_like_its_file_where_that_says_something(name, caption):
    assert captions.caption_of(name) == caption


# -- rows --------------------------------------------------------------------------------------


def previews_of(item: Item, files: dict[str, bytes]) -> list[ItemPreview]:
    give(item, "main", "main.zip", samples.archive(files))
    jobs.run_ready(queues=["media"], raise_errors=True)
    return list(version_of(item).previews.filter(kind__in=("icons", "glyphs")))


def test_icons_are_drawn_where_the_marketplace_shows_a_grid(draft):
    (row,) = previews_of(draft, {"a.svg": SQUARE})

    assert (row.kind, row.facts["count"]) == ("icons", 1)
    assert row.facts["names_key"].endswith("/icons.json")
    assert set(media.keys_of(row)) == {row.key, row.facts["names_key"]}


def test_a_file_of_which_nothing_can_be_shown_is_not_tried_again(draft):
    (row,) = previews_of(draft, {"a.svg": b"<svg"})

    assert (row.key, row.facts) == ("", {"count": 0})
    assert media.keys_of(row) == []
    media.make_previews(version_id=row.version_id)
    assert list(version_of(draft).previews.values_list("pk", flat=True)) == [row.pk]


def test_versions_from_before_get_their_previews_once(draft):
    give(draft, "main", "main.zip", samples.archive({"a.svg": SQUARE}))
    version = version_of(draft)
    assert list(versions_without_content()) == []
    version.status = ItemVersion.Status.APPROVED
    version.save(update_fields=["status"])

    for said in ("1 previews added.", "0 previews added."):
        out = io.StringIO()
        call_command("add_content_previews", verbosity=0, stdout=out)
        assert out.getvalue().strip() == said
    assert [row.kind for row in version.previews.all()] == ["icons"]


def test_the_fonts_of_a_font_are_shown(draft):
    draft.category = Category.objects.get(site_id=draft.site_id, path="fonts/sans-serif")
    draft.save(update_fields=["category"])

    rows = previews_of(draft, {"a.ttf": make_font(), "b.otf": make_font(family="Other")})

    assert [(one.kind, one.position, one.facts["family"]) for one in rows] == [
        ("glyphs", 0, "Brick Sans"),
        ("glyphs", 1, "Other"),
    ]


def test_pictures_before_and_after_are_kept_with_their_captions(author):
    item = authoring.create_item(
        author=author,
        site_id=marketplace("graphics").id,
        category_path="add-ons/presets",
        content=ItemContent(name="Warm Presets"),
    )
    for role, name in (("before", "before.jpg"), ("after", "02_warm-evening.jpg")):
        give(item, role, name, samples.picture(kind="JPEG"))
    jobs.run_ready(queues=["media"], raise_errors=True)

    rows = {row.kind: row for row in version_of(item).previews.all()}
    assert set(rows) == {"before", "after"}
    assert "caption" not in rows["before"].facts
    assert rows["after"].facts["caption"] == "Warm evening"


def test_screenshots_of_an_archive_are_called_like_their_files(draft):
    shots = {"01_Home page.png": samples.picture(), "02.png": samples.picture(colour="red")}
    give(draft, "screenshots", "shots.zip", samples.archive(shots))
    jobs.run_ready(queues=["media"], raise_errors=True)

    rows = version_of(draft).previews.filter(kind="gallery").order_by("position")
    assert [row.facts.get("caption") for row in rows] == ["Home page", None]
