"""The purchase panel and the bar, as people use them: with a script, by keyboard, on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shop

pytestmark = pytest.mark.browser

RAISE = """
from market.items.models import LicencePrice
LicencePrice.objects.filter(licence_code="standard", current=1).update(cents=2500)
"""
LEFT_OF_SCREEN = """() => {
  const box = document.querySelector(".item-side").getBoundingClientRect();
  return innerHeight - box.height;
}"""
COVERED = """() => {
  const bar = document.querySelector(".buy-bar");
  const held = document.activeElement;
  if (!bar || bar.contains(held) || held === document.body) return "";
  if (getComputedStyle(bar).visibility === "hidden") return "";
  const [a, b] = [bar.getBoundingClientRect(), held.getBoundingClientRect()];
  return b.top < a.bottom && b.bottom > a.top ? held.outerHTML.slice(0, 120) : "";
}"""


@pytest.fixture(scope="module")
def stocked(shop: Shop) -> Shop:
    shop.manage("load_demo", "--only", "graphics/everyday-outline-icons")
    return shop


@pytest.fixture
def page(stocked: Shop, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    _open(page, stocked)
    yield page
    context.close()


def _open(page: Page, stocked: Shop) -> None:
    # By its name: what other tests put on the same shelf may be free, or be sold for more.
    page.goto(stocked.address("graphics", "/search/?q=outline"))
    page.get_by_role("link", name="Everyday Outline Icons").first.click()
    page.wait_for_url("**/items/**")
    page.wait_for_load_state("networkidle")


def test_the_panel_is_never_higher_than_the_screen_and_its_buttons_are_in_view(page: Page) -> None:
    buy = page.locator("#buy").get_by_role("button", name="Buy now")
    for top in (0, 150, 900):
        page.evaluate(f"scrollTo(0, {top})")
        assert page.evaluate(LEFT_OF_SCREEN) >= 0
        expect(buy).to_be_in_viewport()


def test_the_adviser_chooses_in_place(page: Page) -> None:
    page.get_by_text("Which licence do I need?").click()
    page.get_by_label("In how many end products").select_option("1")
    page.get_by_label("Will people pay").select_option("paid")

    expect(page.locator("[data-advice]")).to_contain_text("Extended licence is the cheapest")
    expect(page.locator("[name=licence][value=extended]")).to_be_checked()
    assert "?" not in page.url


def test_two_clicks_add_once_and_a_new_price_is_agreed_to(page: Page, stocked: Shop) -> None:
    add = page.get_by_role("button", name="Add to cart")
    said = page.locator("[data-said]")
    stocked.run(RAISE)

    add.click()
    expect(said).to_contain_text("Press again if you agree.")
    add.dblclick()

    expect(said).to_contain_text("It is in your cart.")
    expect(page.locator("[data-cart-count]")).to_have_text("1")
    expect(page.locator(".buy-total .by-licence")).to_contain_text("$27")


def test_the_bar_of_phones_covers_neither_focus_nor_footer(stocked: Shop, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 700}, reduced_motion="reduce")
    page = context.new_page()
    _open(page, stocked)

    expect(page.locator(".buy-bar")).to_be_in_viewport()
    covered = []
    for _ in range(70):
        page.keyboard.press("Tab")
        covered.append(page.evaluate(COVERED))
    page.evaluate("scrollTo(0, document.body.scrollHeight)")

    assert [one for one in covered if one] == []
    expect(page.locator(".site-footer")).to_be_in_viewport()
    assert not page.evaluate(
        """() => {
          const bar = document.querySelector(".buy-bar").getBoundingClientRect();
          const footer = document.querySelector(".site-footer").getBoundingClientRect();
          return bar.bottom > footer.top + 1;
        }"""
    )
    context.close()
