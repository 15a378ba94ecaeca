"""The pages that everybody sees, at a desk's and a phone's width: quiet, narrow enough, for all."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.conftest import Shop

pytestmark = pytest.mark.browser

PASSWORD = "a very long word for tests"
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
ITEMS = ("graphics/featherlight-line-icons", "graphics/everyday-outline-icons")
SERIOUS = ("serious", "critical")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PERSON = f"""
from market.users import services
user = services.register(email="pia@example.com", username="pia", password="{PASSWORD}")
services.confirm_email(user=user)
services.become_author(user=user, display_name="Studio Pia")
"""


@pytest.fixture(scope="module")
def stocked(shop: Shop) -> Shop:
    for item in ITEMS:
        shop.manage("load_demo", "--only", item)
    shop.run(PERSON)
    return shop


@pytest.fixture(params=WIDTHS)
def page(stocked: Shop, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = WIDTHS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def test_pages_are_quiet_narrow_enough_and_for_all(page: Page, stocked: Shop) -> None:
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))

    page.goto(stocked.address("graphics"))
    found += _problems(page)
    page.goto(stocked.address("graphics", "/category/icons/"))
    found += _problems(page)
    page.locator(".card-name a").first.click()
    page.wait_for_url("**/items/**")
    found += _problems(page)

    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Go to the cart").click()
    page.wait_for_url("**/cart/")
    found += _problems(page)
    page.get_by_role("button", name="Go to checkout").click()
    page.get_by_label("E-mail").fill("pia@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/checkout/")
    found += _problems(page)

    for path in ("/library/", "/author/items/"):
        page.goto(stocked.address("account", path))
        found += _problems(page)

    assert not found, "\n".join(found)


def _problems(page: Page) -> list[str]:
    """Horizontal scrolling, and what axe calls serious or critical."""
    page.wait_for_load_state()
    found = []
    if (wider := page.evaluate(OVERFLOW)) > 0:
        found.append(f"{page.url}: scrolls {wider} px to the side")
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in SERIOUS:
            nodes = ", ".join(node["html"][:120] for node in violation["nodes"][:3])
            found.append(f"{page.url}: {violation['id']}: {nodes}")
    return found
