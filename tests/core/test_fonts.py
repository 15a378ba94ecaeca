"""The faces that pages are set in: cut at set-up, small, and with all letters that people need."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.text import slugify
from fontTools.ttLib import TTFont

from market.core.templatetags.assets import font_file
from market.tenancy.registry import marketplaces

CSS = settings.BASE_DIR / "market" / "static" / "css" / "fonts.css"
FACES = ["Inter", *(site.heading_font for site in marketplaces())]
WORDS = "Größe, Übung, Straße, ẞ, déjà-vu, señor, Ångström, Œuvre – “quoted” „zitiert“ … 12 €"
NAMES = "Łódź Żółć Čeština Şişli Győr România Ștefan Țară"


def file_of(face: str, suffix: str = "") -> Path:
    found = finders.find(f"fonts/{slugify(face)}{suffix}.woff2")
    assert found, f"{face} is not cut: .venv/bin/python script/lib/cut_fonts.py node_modules"
    return Path(found)


def letters(path: Path) -> set[int]:
    return set(TTFont(path).getBestCmap())


def test_a_first_visit_fetches_at_most_seventy_kilobytes_of_faces():
    body = file_of("Inter").stat().st_size

    for site in marketplaces():
        assert body + file_of(site.heading_font).stat().st_size <= 70_000, site.slug


@pytest.mark.parametrize("face", FACES)
def test_a_face_has_the_letters_of_our_languages_and_of_european_names(face):
    known = letters(file_of(face))

    assert not {ord(one) for one in WORDS} - known - {0x1E9E}
    assert not {ord(one) for one in NAMES} - known - letters(file_of(face, "-more"))


@pytest.mark.parametrize("face", FACES)
def test_a_face_comes_with_its_licence_and_keeps_it_in_the_file(face):
    licence = finders.find(f"fonts/{slugify(face)}-LICENSE.txt")

    assert "SIL OPEN FONT LICENSE" in Path(str(licence)).read_text().upper()
    assert "Copyright" in str(TTFont(file_of(face))["name"].getName(0, 3, 1))


def test_the_style_sheet_names_each_file_and_a_fallback_of_the_same_measures():
    css = CSS.read_text()

    for face in FACES:
        assert f'url("../fonts/{slugify(face)}.woff2")' in css
        assert f'font-family: "{face} Fallback"' in css
        assert font_file(face).startswith("/static/fonts/")


def test_a_face_is_asked_only_for_weights_that_were_cut():
    css = CSS.read_text()

    for face in FACES:
        axis = next(one for one in TTFont(file_of(face))["fvar"].axes if one.axisTag == "wght")
        assert (
            f'font-family: "{face}";\n  font-style: normal;\n'
            f"  font-weight: {axis.minValue:.0f} {axis.maxValue:.0f};" in css
        )
