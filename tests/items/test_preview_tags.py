import re
from pathlib import Path

import pytest
from django.template import Context, Template

from market.items.addresses import preview_url
from market.items.content.pictures import picture_formats, picture_of
from market.items.content.tints import GREYS, HUES, SHADES, palette, tint_class
from market.items.models import ItemPreview
from market.items.templatetags.previews import picture as picture_tag
from market.items.templatetags.previews import waveform_path

CSS = Path(__file__).resolve().parents[2] / "market/static/css/tints.css"
NEW_CARD = {
    "key": "previews/a/poster-1180.webp",
    "width": 1180,
    "height": 600,
    "formats": {"avif": [400, 1180], "webp": [590, 1180]},
    "colour": "#8a6f52",
}
# As cards were kept before there was AVIF.
CARD = {
    "key": "previews/a/full.jpg",
    "width": 1180,
    "height": 600,
    "variants": [
        {"key": "previews/a/large.webp", "width": 1180, "height": 600},
        {"key": "previews/a/small.webp", "width": 480, "height": 244},
    ],
}


def picture(preview, **said):
    return picture_tag(Context(), preview, **said)


def test_a_picture_has_its_size_and_smaller_variants():
    drawn = picture(CARD, alt='A "b" <c>', sizes="50vw")

    assert 'width="1180" height="600"' in drawn
    assert f'src="{preview_url("previews/a/large.webp")}"' in drawn
    assert f"{preview_url('previews/a/small.webp')} 480w" in drawn
    assert 'sizes="50vw"' in drawn
    assert 'alt="A &quot;b&quot; &lt;c&gt;"' in drawn
    assert 'loading="lazy"' in drawn


def test_the_largest_picture_is_fetched_first():
    drawn = picture(CARD, eager=True)

    assert 'fetchpriority="high"' in drawn
    assert "lazy" not in drawn


def test_the_best_format_comes_first_and_every_browser_finds_one():
    drawn = picture(NEW_CARD, sizes="50vw")

    source, image = drawn.removeprefix("<picture>").removesuffix("</picture>").split("<img")
    small, large = (
        preview_url("previews/a/poster-400.avif"),
        preview_url("previews/a/poster-1180.avif"),
    )
    assert source == (
        f'<source type="image/avif" srcset="{small} 400w, {large} 1180w" sizes="50vw">'
    )
    assert f"{preview_url('previews/a/poster-590.webp')} 590w" in image
    assert f'src="{preview_url("previews/a/poster-1180.webp")}"' in image


def test_a_card_remembers_the_files_of_a_row():
    variants = [
        {"key": f"previews/a/poster-{width}.{ending}", "width": width, "content_type": "image/x"}
        for ending, widths in NEW_CARD["formats"].items()
        for width in reversed(widths)
    ]
    row = ItemPreview(
        key=NEW_CARD["key"], width=1180, height=600,
        facts={"variants": variants, "colour": "#8a6f52"},
    )  # fmt: skip

    assert picture_formats(row) == NEW_CARD["formats"]
    assert picture_of(row) == picture_of(NEW_CARD)


def test_the_first_eager_picture_is_preloaded_as_the_browser_will_choose_it():
    page = Template(
        "{% load previews %}{% preloading %}<head>{% preload %}</head>{% picture lazy %}"
        '{% picture new eager=True sizes="50vw" %}{% picture old eager=True %}'
    ).render(Context({"new": NEW_CARD, "old": CARD, "lazy": CARD}))

    head = page.split("</head>")[0]
    assert head.count("<link ") == 1
    wanted = re.search(r'<source type="image/avif" srcset="([^"]+)"', page)
    assert f'imagesrcset="{wanted[1]}" imagesizes="50vw" type="image/avif"' in head


def test_a_page_without_eager_pictures_preloads_none():
    page = Template(
        "{% load previews %}{% preloading %}<head>{% preload %}</head>{% picture lazy %}"
    ).render(Context({"lazy": CARD}))

    assert page.startswith("<head></head>")


@pytest.mark.parametrize(
    ("colour", "css"),
    [
        ("#000000", "tint-grey0"),
        ("#ffffff", "tint-grey5"),
        ("#808080", "tint-grey2"),
        ("#8a6f52", "tint-70m"),
        ("#1f4f99", "tint-250d"),
    ],
)
def test_a_colour_gets_the_tint_that_looks_nearest(colour, css):
    assert tint_class(colour) == css
    assert css in picture(NEW_CARD | {"colour": colour})


def test_the_stylesheet_knows_each_tint_in_its_colour():
    written = dict(
        re.findall(r"\.(tint-\w+) \{ background-color: (oklch\([^)]+\)); \}", CSS.read_text())
    )

    wanted = {f"tint-grey{number}": f"oklch({light} 0 0)" for number, light in enumerate(GREYS)}
    for hue in HUES:
        for name, (light, chroma) in SHADES.items():
            wanted[f"tint-{hue}{name}"] = f"oklch({light} {chroma} {hue})"
    assert written == wanted
    assert set(palette()) == set(wanted)


def test_without_a_preview_nothing_is_drawn():
    assert picture(None) == ""


def test_a_waveform_has_ninety_bars_however_many_peaks_there_are():
    for peaks in ([], None, [0, 0], [1] * 7, [0.5] * 1000, [12, 80, 255]):
        path = waveform_path(peaks)

        assert path.count("M") == 90
        assert set(path) <= set("Mv 0123456789")
