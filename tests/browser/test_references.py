"""Every kind of page looks as it did, until somebody changes it on purpose: script/references."""

import os
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser import pictures
from tests.browser.conftest import ROOT
from tests.browser.page_kinds import MAIN_SITE, OWN_KINDS, REST_KINDS, SITES, Visitors, Windows

pytestmark = [pytest.mark.browser, pytest.mark.long]

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
SHOWN = [
    *((kind, site, size) for kind in OWN_KINDS for site in SITES for size in SIZES),
    *((kind, MAIN_SITE, "desk") for kind in REST_KINDS),
]
FOUND = ROOT / "var" / "pictures"  # where what differs is laid down
IS_ON_PURPOSE = os.environ.get("REFERENCES") == "write"


def _name(kind: str, site: str, size: str) -> str:
    return "-".join([kind, *([site] if site != MAIN_SITE or size == "phone" else []), size])


@pytest.fixture(scope="module")
def visitors(browser: Browser, windows: Windows) -> Iterator[Visitors]:
    here = Visitors(browser, windows, color_scheme="light", locale="en-US", timezone_id="UTC")
    yield here
    here.leave()


@pytest.mark.parametrize(
    ("kind", "site", "size"), SHOWN, ids=[_name(k.name, site, size) for k, site, size in SHOWN]
)
def test_a_page_looks_as_it_did(visitors, windows, kind, site, size) -> None:
    page = visitors.page_of(kind.who)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    windows.open(page, kind, site)

    _compare(_name(kind.name, site, size), pictures.take(page))


def test_no_reference_is_left_over() -> None:
    known = {_name(kind.name, site, size) for kind, site, size in SHOWN}

    assert {path.stem for path in pictures.FOLDER.glob("*.webp")} <= known


def _compare(name: str, image: Image.Image) -> None:
    path = pictures.FOLDER / f"{name}.webp"
    old = Image.open(path).convert("RGB") if path.exists() else None
    difference = pictures.compare(old, image) if old else None
    if IS_ON_PURPOSE:
        if difference is None or difference.is_seen:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(pictures.packed(image))
            _tell(f"{'changed' if difference else 'new'}  {name}")
        return
    assert difference is not None, f"{path} is missing: script/references makes it"
    if difference.picture is not None:
        FOUND.mkdir(parents=True, exist_ok=True)
        difference.picture.save(FOUND / f"{name}.webp", "WEBP", quality=80)
        raise AssertionError(
            f"{name} looks different in {len(difference.tiles) or 'all'} places: see "
            f"{FOUND / name}.webp (left: as it was). Meant so? script/references"
        )


def _tell(line: str) -> None:
    FOUND.mkdir(parents=True, exist_ok=True)
    with (FOUND / "changed.txt").open("a") as file:
        file.write(f"{line}\n")


# What the tolerance lets pass, and what it does not, on a page of text and boxes.
SAMPLE = (
    """<body style="margin: 24px; font: 16px/1.5 'Liberation Sans'; background: #fff">
  <h1>Calm things for loud days</h1>
  <div id="box" style="padding: 16px; background: #eef1f6; border: 1px solid #c8cfdb; width: 480px">
  <b>Featherlight Line Icons</b> <span id="price">$9.00</span></div>
  <svg id="picture" width="240" height="120"><rect width="240" height="120" fill="#7a9e7e"/></svg>
  <p id="words">"""
    + "270 icons with a thin, friendly line, for toolbars and menus. " * 60
)


@pytest.fixture(scope="module")
def sample(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_content(SAMPLE)
    yield page
    page.close()


def _differs(page: Page, change: str) -> pictures.Difference:
    page.set_content(SAMPLE)
    before = pictures.as_kept(pictures.take(page))
    page.evaluate(change)
    return pictures.compare(before, pictures.take(page))


@pytest.mark.parametrize(
    "change",
    [
        "document.body.style.setProperty('-webkit-font-smoothing', 'antialiased')",
        "document.querySelector('#words').style.translate = '0.4px 0.3px'",
        "document.querySelector('#words').style.textRendering = 'geometricPrecision'",
        "document.querySelector('#box').style.borderRadius = '2px'",
    ],
    ids=["smoother letters", "half a pixel", "finer letters", "a corner"],
)
def test_what_two_machines_draw_differently_passes(sample: Page, change: str) -> None:
    assert not _differs(sample, change).is_seen


@pytest.mark.parametrize(
    "change",
    [
        "document.querySelector('#box').style.marginInlineStart = '12px'",
        "document.querySelector('#picture').remove()",
        "document.querySelector('#picture').style.visibility = 'hidden'",
        "document.querySelector('#picture rect').setAttribute('fill', '#9e7a7e')",
        "document.querySelector('#words').style.color = '#1c4fd6'",
        "document.querySelector('#words').style.marginBlockStart = '28px'",
    ],
    ids=["a moved block", "gone", "a missing picture", "its colour", "words' colour", "lower"],
)
def test_what_a_person_would_see_is_found(sample: Page, change: str) -> None:
    assert _differs(sample, change).is_seen
