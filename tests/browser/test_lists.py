"""Lists as people meet them: odd names, the keyboard, fingers, no JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Shop

pytestmark = pytest.mark.browser

SITES = ("themes", "code", "video", "audio", "graphics", "photos", "models")
CATEGORIES = {
    "themes": "site-templates/creative",
    "code": "javascript/sliders",
    "video": "motion-graphics/lower-thirds",
    "audio": "sound-effects/interface",
    "graphics": "icons/line",
    "photos": "nature/landscapes",
    "models": "props/household",
}
WIDTHS = {"desk": (1280, 900), "phone": (390, 844), "zoomed": (320, 640)}
ODD = (
    "A" * 100,
    "مجموعة أيقونات للواجهات الهادئة والطقس",
    "静かなページのための線画アイコン集・完全版デラックスエディション",
    "👩‍👩‍👧‍👦🦊 Emoji everywhere 🎉",
    "Donaudampfschifffahrtsgesellschaftskapitänskajütentürschlüsselanhänger",
    "Cheap",
    "Dear",
    "Broken",
)
STOCK = f"""
from market.items.models import ItemListing
from tests import factories
author = factories.make_author(username="odd-author")
for site, category in {CATEGORIES!r}.items():
    for number, name in enumerate({ODD!r} * 5):
        item = factories.make_item(author=author, site=site, category=category, name=name)
        item.card |= {{
            "price_cents": {{"Cheap": 1, "Dear": 99999900}}.get(name, 1900),
            "author_name": "An author with an endless name " * 3,
            "values": [["polygons", 123456789], ["files_included", ["GLB", "OBJ"] * 9]],
            "tags": ["t" * 40, "وسم", "🦊"], "files": 123456, "bytes": 10**11,
            "media": "previews/none/a.mp3", "media_kind": "audio", "seconds": 59999, "peaks": [],
        }}
        if name == "Broken":
            size = [(10, 9000), (9000, 10), (600, 300), (300, 900)][number % 4]
            item.card["preview"] = dict(key="previews/none/x.webp", width=size[0], height=size[1])
        item.save(update_fields=["card"])
        cents = item.card["price_cents"]
        ItemListing.objects.filter(item=item).update(price_cents=cents)
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Words of a card that stick out of it to a side, or lie upon each other.
SPILLED = """() => [...document.querySelectorAll('.card')].flatMap((card) => {
  const box = card.getBoundingClientRect();
  const parts = [...card.querySelectorAll('.card-name, .card-author, .card-foot, .panel-facts')];
  const found = [];
  for (const [n, part] of parts.entries()) {
    const one = part.getBoundingClientRect();
    if (one.left < box.left - 1 || one.right > box.right + 1) found.push('out: ' + part.className);
    for (const other of parts.slice(n + 1)) {
      const two = other.getBoundingClientRect();
      const over = Math.min(one.right, two.right) - Math.max(one.left, two.left) > 1
        && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 1;
      if (over && !part.contains(other)) found.push(part.className + ' on ' + other.className);
    }
  }
  return found;
})"""
OVERLAPPING = """() => {
  const boxes = [...document.querySelectorAll('.cards > li')].map((li) =>
    (li.querySelector('.card') ?? li).getBoundingClientRect());
  return boxes.flatMap((a, n) => boxes.slice(n + 1).filter((b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)).length;
}"""


@pytest.fixture(scope="module")
def stocked(shop: Shop) -> Shop:
    shop.run(STOCK)
    return shop


@pytest.fixture(params=WIDTHS)
def page(stocked: Shop, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = WIDTHS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(stocked: Shop, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_odd_names_and_prices_fit(page: Page, stocked: Shop) -> None:
    found = []
    for site in SITES:
        page.goto(stocked.address(site, "/search/"))
        found += [f"{site}: {one}" for one in set(page.evaluate(SPILLED))]
        if (wider := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{site}: scrolls {wider} px to the side")
        if overlaps := page.evaluate(OVERLAPPING):
            found.append(f"{site}: {overlaps} cards lie upon others")

    assert not found, "\n".join(found)


@pytest.mark.parametrize(("site", "stops"), [("graphics", 1), ("audio", 2), ("photos", 1)])
def test_a_card_has_one_stop_and_a_player_its_button(
    desk: Page, stocked: Shop, site: str, stops: int
) -> None:
    desk.goto(stocked.address(site, "/search/"))

    reachable = desk.locator(".card").first.locator(
        "a[href], button, input, [tabindex]:not([tabindex='-1'])"
    )

    assert reachable.count() == stops


def test_sorting_keeps_the_keyboards_place(desk: Page, stocked: Shop) -> None:
    desk.goto(stocked.address("graphics", "/category/icons/"), wait_until="networkidle")
    desk.locator("#sort").focus()
    desk.locator("#sort").select_option("price-high")
    desk.wait_for_url("**sort=price-high")

    expect(desk.locator(".card-foot .price").first).to_have_text("$999,999")
    expect(desk.locator("#sort")).to_be_focused()
    expect(desk.get_by_role("link", name="Remove: Price, high to low")).to_be_visible()


def test_turning_the_page_leads_to_its_beginning_and_back(desk: Page, stocked: Shop) -> None:
    desk.goto(stocked.address("graphics", "/category/icons/"))
    first = desk.locator(".card-name a").first.get_attribute("href")

    desk.get_by_role("link", name="Next page").press("Enter")
    desk.wait_for_url("**after=*")
    expect(desk.locator("#results")).to_be_focused()
    assert desk.locator(".card-name a").first.get_attribute("href") != first
    desk.get_by_role("link", name="Previous page").click()
    desk.wait_for_url("**before=*")
    expect(desk.locator(".card-name a").first).to_have_attribute("href", str(first))
    desk.go_back()
    desk.wait_for_url("**after=*")
    expect(desk.get_by_role("link", name="Previous page")).to_be_visible()


def test_the_tree_is_a_sheet_that_needs_no_script(stocked: Shop, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, has_touch=True
    )
    page = context.new_page()
    page.goto(stocked.address("graphics", "/search/"))
    expect(page.locator("#list-side")).to_be_hidden()

    page.get_by_role("button", name="Filters", exact=True).tap()
    page.locator("#list-side").get_by_role("link", name="Icons").tap()

    page.wait_for_url("**/category/icons/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Icons")
    context.close()


def test_fingers_read_a_photos_words_under_it(stocked: Shop, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(stocked.address("photos", "/search/"))

    words = page.locator(".photo-words").first
    frame = page.locator(".photo-frame").first

    assert words.evaluate("element => getComputedStyle(element).opacity") == "1"
    assert words.bounding_box()["y"] >= frame.bounding_box()["y"] + frame.bounding_box()["height"]  # type: ignore[index]
    context.close()
