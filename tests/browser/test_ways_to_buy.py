"""Finding, buying and downloading: without scripts, by the keyboard alone, by roles and names."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Shop
from tests.browser.keyboard import look, skip_to_content, walk_to

pytestmark = pytest.mark.browser

NAME = "Everyday Outline Icons"
FOLDER = ROOT / "demo" / "graphics" / "everyday-outline-icons"
PASSWORD = "a very long word for tests"
BUYERS = ("scriptless", "typing-desk", "typing-phone", "listening")
PEOPLE = f"""
from market.users import services
for name in {BUYERS!r}:
    user = services.register(email=name + "@example.com", username=name, password="{PASSWORD}")
    services.confirm_email(user=user)
"""


@pytest.fixture(scope="module")
def stocked(shop: Shop) -> Shop:
    shop.manage("load_demo", "--only", "graphics/everyday-outline-icons")
    shop.run(PEOPLE)
    return shop


def _is_the_item(file: Path) -> bool:
    sold = (FOLDER / "main.zip").read_bytes()
    return hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(sold).digest()


@pytest.fixture
def scriptless(stocked: Shop, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_buying_needs_no_script(scriptless: Page, stocked: Shop) -> None:
    page = scriptless
    page.goto(stocked.address("graphics"))
    page.locator("#search-words").fill("outline")
    page.get_by_role("search").first.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=NAME).first.click()
    page.get_by_role("radio", name="Extended").check()
    page.get_by_role("button", name="Buy now").first.click()

    expect(page.get_by_role("radio", name="Extended")).to_be_checked()
    page.get_by_role("button", name="Buy now").click()
    page.get_by_label("E-mail").fill("scriptless@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("cell", name="Extended")).to_be_visible()
    page.get_by_label("Country").select_option("US")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    page.get_by_role("button", name="Approve", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, it is yours")
    page.get_by_role("link", name="Download from your library").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Download {NAME}").click()
    assert _is_the_item(Path(download.value.path()))


@pytest.mark.parametrize(
    ("who", "width", "height"), [("typing-desk", 1280, 800), ("typing-phone", 390, 700)]
)
def test_buying_needs_no_mouse(
    stocked: Shop, browser: Browser, who: str, width: int, height: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(stocked.address("graphics"))
    find_by_keyboard(page)
    choose_by_keyboard(page)
    pay_by_keyboard(page, f"{who}@example.com")

    walk_to(page, "^Download from your library")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/")
    skip_to_content(page)
    walk_to(page, f"^Download {NAME}")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert _is_the_item(Path(download.value.path()))
    context.close()


def find_by_keyboard(page: Page) -> None:
    """Past the head and back into it; the categories open and close; then words, then Enter."""
    skip_to_content(page)
    walk_to(page, "^All categories", back=True)
    page.keyboard.press("Enter")
    panel = page.locator("#all-categories")
    expect(panel).to_be_visible()
    page.keyboard.press("Tab")
    look(page)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert "All categories" in str(look(page)), "Escape gives the focus back to the button"

    walk_to(page, "^Search", back=True)  # the button
    walk_to(page, "^Search", back=True)  # the field before it
    page.keyboard.type("outline")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=outline**")
    skip_to_content(page)
    walk_to(page, f"^{NAME}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/**")


def choose_by_keyboard(page: Page) -> None:
    """The licences are one stop, in which arrows choose."""
    skip_to_content(page)
    walk_to(page, "^Standard")
    page.keyboard.press("ArrowDown")
    assert str(look(page)).startswith("Stop(name='Extended")
    page.keyboard.press("ArrowUp")
    assert str(look(page)).startswith("Stop(name='Standard")
    walk_to(page, "^Buy now")
    page.keyboard.press("Enter")
    page.wait_for_url("**/buy/**")
    skip_to_content(page)
    walk_to(page, "^Buy now")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/**")


def pay_by_keyboard(page: Page, email: str) -> None:
    """Redirects keep the address's `#content`: the focus starts where the skip link led to."""
    walk_to(page, "^E-mail")
    page.keyboard.type(email)
    walk_to(page, "^Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/checkout/")
    walk_to(page, "^Country")
    page.keyboard.type("United St")
    walk_to(page, "^Pay ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sandbox/pay/**")
    walk_to(page, "^Approve$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/**")


class Listener:
    """Somebody who hears a page: only what has a role and a name is there for them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.titles: list[str] = []

    def arrive(self, heading: str | re.Pattern[str]) -> None:
        """A page says what it is: a title of its own, landmarks, and one first heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(self.page.get_by_role("main")).to_have_count(1)
        expect(self.page.get_by_role("banner")).to_have_count(1)
        expect(self.page.get_by_role("contentinfo")).to_have_count(1)
        title = self.page.title()
        assert title not in self.titles, f"two pages are called {title!r}"
        self.titles.append(title)

    def press(self, role: str, name: str | re.Pattern[str]) -> None:
        main = self.page.get_by_role("main")
        main.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def test_buying_needs_no_eyes(stocked: Shop, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    listener = Listener(page)
    page.goto(stocked.address("graphics"))
    listener.arrive(re.compile("."))
    field = page.get_by_role("banner").get_by_role("combobox", name="Search graphics")
    field.fill("outline")
    field.press("Enter")
    listener.arrive(re.compile("outline"))
    expect(page.get_by_role("main").get_by_role("status").first).to_contain_text("graphic")
    listener.press("link", NAME)

    listener.arrive(NAME)
    licences = page.get_by_role("group", name="Choose a licence")
    expect(licences.get_by_role("radio", name=re.compile(r"Standard.*\$"))).to_be_checked()
    listener.press("button", "Add to cart")
    said = page.get_by_role("region", name="Buy a licence").get_by_role("status")
    expect(said).to_contain_text("It is in your cart.")
    expect(page.get_by_label("In the cart: 1")).to_be_visible()
    listener.press("link", "Go to the cart")
    listener.arrive("Your cart")
    listener.press("button", "Go to checkout")

    listener.arrive("Sign in")
    page.get_by_role("textbox", name="E-mail").fill("listening@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    listener.press("button", "Sign in")
    listener.arrive("Check and pay")
    row = page.get_by_role("row", name=re.compile(NAME))
    expect(row.get_by_role("cell").last).to_contain_text("$")
    page.get_by_role("combobox", name="Country").select_option("US")
    listener.press("button", re.compile(r"^Pay \$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Pay"))
    listener.press("button", re.compile("^Approve$"))

    listener.arrive("Thank you, it is yours")
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("has arrived")
    listener.press("link", "Download from your library")
    listener.arrive(re.compile("library", re.IGNORECASE))
    with page.expect_download() as download:
        listener.press("link", f"Download {NAME}")
    assert _is_the_item(Path(download.value.path()))
    context.close()
