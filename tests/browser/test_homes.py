"""The seven homes: as narrow as a phone, in both schemes, for everybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from market.tenancy.registry import marketplaces
from tests.browser.conftest import Shop

pytestmark = pytest.mark.browser

ITEMS = ("graphics/featherlight-line-icons", "graphics/everyday-outline-icons")
SITES = [site.slug for site in marketplaces()]
WIDTHS = (320, 390, 1280)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_WIDE = """
[...document.querySelectorAll("body *")]
  .filter((one) => !one.closest(".categories-list, .reel"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 30)}`).join(", ")
"""
WATCH = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def stocked(shop: Shop) -> Shop:
    for item in ITEMS:
        shop.manage("load_demo", "--only", item)
    return shop


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_homes_fit_do_not_move_and_are_for_everybody(
    stocked: Shop, browser: Browser, scheme: str
) -> None:
    found = []
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(WATCH)
    for site in SITES:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(stocked.address(site))
            found += _problems(page, f"{site} at {width}")
    context.close()

    assert not found, "\n".join(found)


def _problems(page: Page, where: str) -> list[str]:
    found = []
    if page.evaluate(OVERFLOW) > 0:
        found.append(f"{where}: wider than the window: {page.evaluate(TOO_WIDE)}")
    if page.evaluate("window.moved") > 0.01:
        found.append(f"{where}: moved by {page.evaluate('window.moved')}")
    if "320" not in where:
        refusals = Axe().run(page).response["violations"]
        found += [f"{where}: {one['id']} {one['nodes'][0]['target']}" for one in refusals]
    return found


def test_all_categories_open_and_close_by_keyboard_and_without_javascript(
    stocked: Shop, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(stocked.address("graphics"))
    button = page.get_by_role("button", name="All categories")
    panel = page.locator("#all-categories")

    button.focus()
    page.keyboard.press("Enter")
    assert panel.is_visible()
    page.keyboard.press("Escape")
    assert panel.is_hidden()

    button.click()
    panel.get_by_role("link", name="App Icons").click()
    page.wait_for_url("**/category/icons/app-icons/")
    context.close()
