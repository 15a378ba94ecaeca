"""Searching by keyboard alone: suggestions while typing, and filters that keep their place."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shop

pytestmark = pytest.mark.browser


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    shop.manage("load_demo", "--only", "graphics/everyday-outline-icons")
    return shop


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_a_filter_changes_the_list_and_the_keyboard_stays_where_it_is(
    stocked: Shop, page: Page
) -> None:
    page.goto(stocked.address("graphics", "/search/?q=icons"))
    box = page.locator("#f-licence-standard")
    box.focus()
    page.keyboard.press("Space")

    page.wait_for_url("**/search/?q=icons&licence=standard")
    expect(page.locator(".choices")).to_contain_text("Licence: Standard licence")
    expect(box).to_be_focused()
    expect(box).to_be_checked()

    page.locator("#facet-added summary").press("Enter")
    page.locator("#f-added-year").press("Space")
    page.wait_for_url("**added=year**")
    expect(page.locator("#f-added-year")).to_be_focused()
    expect(page.locator("#facet-added")).to_have_attribute("open", "")


def test_the_field_offers_what_begins_so(stocked: Shop, page: Page) -> None:
    page.goto(stocked.address("graphics", "/"))
    field = page.locator("#search-words")
    field.press_sequentially("outli")
    expect(field).to_have_attribute("aria-expanded", "true")

    field.press("ArrowDown")
    first = page.locator("[role=option]").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", re.compile(".+"))
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("outli")

    field.press_sequentially("n")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/items/everyday-outline-icons/**")


def test_filters_work_without_scripts(stocked: Shop, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(stocked.address("graphics", "/search/?q=icons"))
    plain.locator("#f-licence-extended").check()
    plain.get_by_role("button", name="Show", exact=True).click()

    expect(plain.locator(".choices")).to_contain_text("Licence: Extended licence")
    context.close()
