"""Help, author, account and error pages, light and dark, down to 320 px: narrow enough, for all."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from market.discovery.info import INFO_PAGES
from tests.browser.conftest import Shop
from tests.browser.test_pages import OVERFLOW, PASSWORD, SERIOUS

pytestmark = pytest.mark.browser

PUBLIC = [
    *(f"/page/{page.slug}/" for page in INFO_PAGES),
    "/no/such/page/",
    "/authors/ron/",
    "/authors/ron/?sort=newest",
    "/signed-out/",
]
VISITOR = ["/sign-in/", "/sign-up/", "/password/reset/", "/password/reset/sent/", "/cart/"]
PERSON = [
    "/",
    "/library/",
    "/library/?q=nothing",
    "/tokens/",
    "/profile/",
    "/password/",
    "/statement/",
    "/checkout/",
    "/no/such/page/",
]
NAME = "Ron 日本 مجموعة 👩‍👩‍👧 " + "W" * 50
RON = f"""
from market.users import services
user = services.register(email="ron@example.com", username="ron", password="{PASSWORD}")
services.confirm_email(user=user)
services.become_author(user=user, display_name="{NAME}", bio="{"x" * 400}", country="JP")
"""


@pytest.fixture(scope="module")
def lived_in(shop: Shop) -> Shop:
    shop.run(RON)
    return shop


@pytest.fixture(params=[(320, "light"), (1280, "light"), (320, "dark"), (1280, "dark")])
def page(lived_in: Shop, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def test_pages_around_the_shop(page: Page, lived_in: Shop) -> None:
    found = [
        problem
        for host, paths in (("photos", PUBLIC), ("account", VISITOR))
        for path in paths
        for problem in _problems(page, lived_in.address(host, path))
    ]

    page.goto(lived_in.address("account", "/sign-in/"))
    page.get_by_label("E-mail").fill("ron@example.com")
    page.get_by_label("Password").fill("wrong")
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    found += _problems(page, "")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lived_in.address("account"))
    for path in PERSON:
        found += _problems(page, lived_in.address("account", path))

    assert not found, "\n".join(found)


def _problems(page: Page, address: str) -> list[str]:
    if address:
        page.goto(address)
    page.wait_for_load_state()
    for answer in page.locator("details").all():
        answer.evaluate("each => each.open = true")
    found = []
    if (wider := page.evaluate(OVERFLOW)) > 0:
        found.append(f"{page.url}: scrolls {wider} px to the side")
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in SERIOUS:
            nodes = ", ".join(node["html"][:140] for node in violation["nodes"][:3])
            found.append(f"{page.url}: {violation['id']}: {nodes}")
    return found
