"""What fails or is slow on the way: a picture, its host, a preview. Said, and nothing jumps."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.page_kinds import OWN_KINDS, PREVIEW_KINDS, SITES, Windows

pytestmark = pytest.mark.browser

HOME, CATEGORY, ITEM = OWN_KINDS
SLOW_SECONDS = 3
UNSEEN = 0.001  # of the window's height and width: a pixel of rounding in one card
ROUNDING = 2  # px: a picture's height, of its own or by its ratio
WATCH = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
HEIGHT = "document.documentElement.scrollHeight"
NAMES_IN_SIGHT = """[...document.querySelectorAll('.card-name a, h1')]
  .filter((one) => one.checkVisibility()).length"""


@pytest.fixture
def page(windows: Windows, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("site", SITES)
def test_pictures_that_never_come_move_nothing(page: Page, windows: Windows, site: str) -> None:
    heights = {}
    for kind in (HOME, CATEGORY, ITEM):
        windows.open(page, kind, site)
        page.wait_for_load_state("networkidle")
        heights[kind.name] = page.evaluate(HEIGHT)
    page.route("**/previews/**", lambda route: route.abort())
    found = []
    for kind in (HOME, CATEGORY, ITEM):
        windows.open(page, kind, site)
        page.wait_for_load_state("networkidle")
        if abs(page.evaluate(HEIGHT) - heights[kind.name]) > ROUNDING:
            found.append(f"{page.url}: {page.evaluate(HEIGHT)} px high, not {heights[kind.name]}")
        if page.evaluate("window.moved") > UNSEEN:
            found.append(f"{page.url}: moved by {page.evaluate('window.moved')}")
        assert page.evaluate(NAMES_IN_SIGHT) > 0

    assert not found, "\n".join(found)


@pytest.mark.parametrize("site", SITES)
def test_a_slow_host_of_pictures_keeps_nobody_waiting(
    page: Page, windows: Windows, site: str
) -> None:
    held: list[Route] = []
    page.route("**/previews/**", lambda route: held.append(route))  # noqa: PLW0108
    page.goto(windows.address(CATEGORY, site), wait_until="domcontentloaded")
    name = page.locator(".card a[href*='/items/']").first
    expect(name).to_be_visible(timeout=SLOW_SECONDS * 1000)
    before = page.evaluate(HEIGHT)

    for route in held:
        route.continue_()
    page.unroute("**/previews/**")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.moved") <= UNSEEN
    assert page.evaluate(HEIGHT) == before
    name.click()
    page.wait_for_url("**/items/**")


def test_a_live_preview_that_never_loads_says_so(page: Page, windows: Windows) -> None:
    page.route("**/live/**", lambda route: route.abort())
    page.clock.install()
    windows.open(page, PREVIEW_KINDS[0])
    page.clock.run_for(60_000)

    expect(page.get_by_role("alert")).to_contain_text("The preview does not load")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("link", name="Back to the item")).to_be_visible()


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("kind", OWN_KINDS, ids=lambda kind: kind.name)
def test_read_from_the_right_nothing_sticks_out(
    page: Page, windows: Windows, kind, site: str
) -> None:
    found = []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        windows.open(page, kind, site)
        page.evaluate("document.documentElement.dir = 'rtl'")
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wider > 0:
            found.append(f"{page.url} at {width}: scrolls {wider} px to the side")

    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_keep_controls_and_focus(
    windows: Windows, browser: Browser, scheme: str
) -> None:
    context = browser.new_context(forced_colors="active", color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    windows.open(page, ITEM)
    button = page.get_by_role("button", name="Buy now").first
    button.focus()
    style = button.evaluate(
        "(one) => { const s = getComputedStyle(one); return [s.color, s.backgroundColor,"
        " s.borderTopStyle, s.outlineStyle]; }"
    )
    context.close()

    assert style[0] != style[1]
    assert style[2] != "none" or style[3] != "none"
