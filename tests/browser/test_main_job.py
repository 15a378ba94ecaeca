"""The whole job with real bytes: an author sells, a reviewer approves, a buyer gets the bytes."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Shop

DEMO = Path(__file__).resolve().parent.parent.parent / "demo"
FOLDER = DEMO / "graphics" / "featherlight-line-icons"
PASSWORD = "a very long word for tests"

pytestmark = [pytest.mark.browser, pytest.mark.smoke]

ACCOUNTS = f"""
from market.users import services
for name, role in (("ines", "author"), ("rita", "reviewer")):
    user = services.register(email=name + "@example.com", username=name, password="{PASSWORD}")
    services.confirm_email(user=user)
    if role == "author":
        services.become_author(user=user, display_name="Studio Ines")
    else:
        services.grant_role(user=user, role=role)
"""


def test_an_author_sells_and_a_buyer_gets_the_very_bytes(shop: Shop, browser: Browser) -> None:
    shop.run(ACCOUNTS)
    # A name of its own: the demo's item of this name may be on the shelf too, and be free.
    demo = tomllib.loads((FOLDER / "item.toml").read_text()) | {"name": "Featherlight of Ines"}

    offer_item(_sign_in(browser, shop, "ines@example.com"), shop, demo)
    approve_item(_sign_in(browser, shop, "rita@example.com"), shop, demo["name"])
    downloaded = buy_item(browser.new_context(), shop, demo["name"])

    assert _sha256(downloaded) == _sha256(FOLDER / demo["files"]["main"])


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _sign_in(browser: Browser, shop: Shop, email: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(shop.address("account", "/sign-in/"))
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def offer_item(page: Page, shop: Shop, demo: dict) -> None:
    """The author describes the item, uploads its files and submits it."""
    page.goto(shop.address("account", "/author/items/new/?site=graphics"))
    page.get_by_label("Name").fill(demo["name"])
    page.get_by_label("Category").select_option(demo["category"])
    page.get_by_role("button", name="Continue").click()

    page.locator("#id_summary").fill(demo["summary"])
    page.locator("#id_description").fill(demo["description"])
    page.locator("#id_tags").fill(", ".join(demo["tags"]))
    page.locator("#id_attribution").fill(demo["licence"]["attribution"])
    page.locator("#id_upstream_licence").fill(demo["licence"]["spdx"])
    page.locator("[name=attr_files_included][value=SVG]").check()
    page.locator("#id_attr_ai_disclosure").select_option("none")
    page.locator("#id_attr_ai_training").select_option("denied")
    page.locator("#id_price_standard").fill("9")
    page.locator("#id_price_extended").fill("90")
    page.get_by_role("button", name="Save", exact=True).click()

    for role, file in demo["files"].items():
        page.locator(f"#role-{role} input[type=file]").set_input_files(FOLDER / file)
        expect(
            page.locator(f"#role-{role}").get_by_role("button", name=f"Remove {file}")
        ).to_be_visible(timeout=20_000)
    page.reload()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("A reviewer looks at it next")).to_be_visible()


def approve_item(page: Page, shop: Shop, name: str) -> None:
    """The reviewer finds it in the queue; the previews are made by then or a moment later."""
    page.goto(shop.address("staff", "/"))
    page.get_by_role("link", name=name).click()
    for _ in range(20):
        page.get_by_role("button", name="Approve").click()
        if not page.get_by_text("still being").count():
            break
        page.wait_for_timeout(1000)
    page.goto(shop.address("staff", "/"))
    expect(page.get_by_role("link", name=name)).to_have_count(0)


def buy_item(context: BrowserContext, shop: Shop, name: str) -> Path:
    """A newcomer at the photos goes over to the graphics, signs up on the way, pays, downloads."""
    page = context.new_page()
    page.goto(shop.address("photos"))
    page.get_by_role("link", name="Graphics Shelf").first.click()
    page.locator("#search-words").fill("featherlight")
    page.locator("#search-words").press("Enter")
    page.get_by_role("link", name=name).first.click()
    page.get_by_role("button", name="Buy now").click()
    page.wait_for_url("**/buy/**")
    page.get_by_role("button", name="Buy now").click()

    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("E-mail").fill("nina@example.com")
    page.get_by_label("User name").fill("nina")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    mail = shop.mail_to("nina@example.com", holding="onfirm")
    page.goto(shop.link_in(mail, path="/sign-up/confirm/"))
    page.get_by_role("button", name="Yes, this is my address").click()

    # A click does not wait for the answer, and leaving before it comes would lose the sign-in.
    page.wait_for_url(lambda address: "/sign-up/confirm/" not in address)
    if "/checkout/" not in page.url:
        page.goto(shop.address("account", "/checkout/"))
    page.get_by_label("Country").select_option("US")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    page.get_by_role("button", name="Approve", exact=True).click()
    page.get_by_role("link", name=re.compile("library", re.IGNORECASE)).first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Download {name}").click()
    return Path(download.value.path())
