"""Every kind of page: axe finds nothing, a small window holds it, and its words may be spread."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page

from tests.browser.page_kinds import (
    OWN_KINDS,
    PUBLIC_KINDS,
    REST_KINDS,
    SITES,
    Kind,
    Visitors,
    Windows,
)

pytestmark = pytest.mark.browser

DESK, PHONE, ZOOMED = (1280, 900), (390, 844), (320, 640)
AXE = AXE_FILE_PATH.read_text()
# All rules of axe, those of WCAG 2.2 too. Frames hold what authors sell.
EVERYTHING = """{iframes: false, resultTypes: ['violations'],
  rules: {'target-size': {enabled: true}}}"""
# Another scheme changes colours alone: whatever else is wrong was found in the first.
COLOURS = """{iframes: false, resultTypes: ['violations'],
  runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}}"""
FINDINGS = """async (options) => (await axe.run(document, options)).violations.flatMap((one) =>
  one.nodes.slice(0, 3).map((node) => `${one.id}: ${node.html.slice(0, 140)}`))"""
# Words that are cut off where somebody spreads them as WCAG 1.4.12 says. What is there for ears
# alone is clipped on purpose; a card is short, and its item's page says the whole.
SPREAD = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`*:not(svg *) { line-height: 1.5 !important; word-spacing: 0.16em !important;
    letter-spacing: 0.12em !important; } p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets.push(sheet);
}"""
CUT = """() => {
  const apart = '.visually-hidden, .card, svg, [hidden], [inert], video, textarea, select';
  const cut = [];
  for (const one of document.querySelectorAll('main *, header *, footer *')) {
    const style = getComputedStyle(one);
    const [across, down] = [style.overflowX, style.overflowY].map((o) => /hidden|clip/.test(o));
    if (!across && !down || style.clipPath !== 'none') continue;
    if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') continue;
    if (one.closest(apart) || one.querySelector('img, video')) continue;
    if (!one.clientWidth || !one.innerText?.trim() || !one.checkVisibility()) continue;
    if (across && one.scrollWidth > one.clientWidth + 2
      || down && one.scrollHeight > one.clientHeight + 2) {
      cut.push(`cut: ${one.outerHTML.slice(0, 140)}`);
    }
  }
  return cut.slice(0, 5);
}"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
RUNNING = """document.getAnimations().filter((one) => one.playState === 'running').length"""


@pytest.fixture(scope="module")
def visitors(browser: Browser, windows: Windows) -> Iterator[Visitors]:
    here = Visitors(browser, windows)
    yield here
    here.leave()


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("kind", OWN_KINDS, ids=lambda kind: kind.name)
def test_each_marketplaces_own_pages(
    visitors: Visitors, windows: Windows, kind: Kind, site: str
) -> None:
    found = _everything(visitors.page_of(kind.who), windows, kind, site)

    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", REST_KINDS, ids=lambda kind: kind.name)
def test_pages_that_look_the_same_everywhere(
    visitors: Visitors, windows: Windows, kind: Kind
) -> None:
    found = _everything(visitors.page_of(kind.who), windows, kind)

    assert not found, "\n".join(found)


@pytest.mark.long
@pytest.mark.parametrize("site", [site for site in SITES if site != "graphics"])
def test_the_other_pages_of_each_marketplace(
    visitors: Visitors, windows: Windows, site: str
) -> None:
    found = []
    for kind in PUBLIC_KINDS:
        found += _everything(visitors.page_of(kind.who), windows, kind, site)

    assert not found, "\n".join(found)


def _everything(page: Page, windows: Windows, kind: Kind, site: str = "graphics") -> list[str]:
    """One visit, in which window and scheme change: reading a page anew costs most of the time."""
    _look(page, DESK, "light")
    windows.open(page, kind, site)
    page.evaluate(AXE)
    found = _findings(page, "desk, light", EVERYTHING)
    _look(page, DESK, "dark")
    found += _findings(page, "desk, dark", COLOURS)
    _look(page, PHONE, "dark")
    found += _findings(page, "phone, dark", EVERYTHING)
    _look(page, PHONE, "light")
    found += _findings(page, "phone, light", COLOURS)
    if running := page.evaluate(RUNNING):
        found.append(f"{running} animations, though the visitor asked for none")
    found += _wider(page, "phone")
    _look(page, ZOOMED, "light")
    found += _wider(page, "400 % zoom")
    page.evaluate(SPREAD)
    found += _wider(page, "400 % zoom, words spread") + page.evaluate(CUT)
    return [f"{page.url}: {one}" for one in found]


def _look(page: Page, size: tuple[int, int], scheme: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]


def _findings(page: Page, where: str, options: str) -> list[str]:
    said = page.evaluate(f"({FINDINGS})({options})")
    return [f"{where}: {one}" for one in said]


def _wider(page: Page, where: str) -> list[str]:
    wider = page.evaluate(OVERFLOW)
    return [f"{where}: scrolls {wider} px to the side"] if wider > 0 else []
