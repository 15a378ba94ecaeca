"""Viewers of previews: by keys, while browsing, when something does not come, without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Shop

pytestmark = pytest.mark.browser

ITEMS = {
    "themes/atlas-one-page-studio": "Atlas One Page Studio",
    "audio/late-night-tape-lofi": "Late Night Tape",
    "audio/soft-touch-ui-sounds": "Soft Touch UI Sounds",
    "models/retro-toy-rocket": "Retro Toy Rocket",
    "video/film-stock-luts": "Film Stock LUTs, Five Looks",
    "graphics/featherlight-line-icons": "Featherlight Line Icons",
}
SLOW = 120_000  # milliseconds: 3D is drawn by the processor here
ADDRESSES = """
from market.items.models import Item
print(*(f"{one.slug}/{one.pk}/" for one in Item.objects.order_by("pk")))
"""


@pytest.fixture(scope="module")
def stocked(shop: Shop) -> Shop:
    shop.manage("load_demo", *(word for item in ITEMS for word in ("--only", item)))
    return shop


@pytest.fixture(scope="module")
def addresses(stocked: Shop) -> dict[str, str]:
    """Paths of items by the first word of their name."""
    found = stocked.run(ADDRESSES).split()
    return {address.split("-")[0]: f"/items/{address}" for address in found}


@pytest.fixture(params=[True])
def page(stocked: Shop, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",
        java_script_enabled=request.param,
    )
    yield context.new_page()
    context.close()


without_javascript = pytest.mark.parametrize("page", [False], indirect=True, ids=["no script"])


def ready(page: Page, address: str) -> None:
    """Opened, and the modules of its viewers have come: what is pressed earlier is lost."""
    page.goto(address, wait_until="networkidle")


def refuse(route: Route) -> None:
    route.abort()


# -- gallery -----------------------------------------------------------------------------------


def test_the_gallery_opens_turns_and_closes_by_keys(page: Page, stocked: Shop, addresses) -> None:
    ready(page, stocked.address("themes", addresses["atlas"]))
    second = page.locator(".gallery-more a").first
    second.focus()
    page.keyboard.press("Enter")

    box = page.get_by_role("dialog", name="Pictures, large")
    expect(box).to_be_visible(timeout=20_000)
    expect(box.locator(".pswp__caption")).to_have_text("First screen")
    page.keyboard.press("ArrowRight")
    expect(box.locator(".pswp__caption")).to_have_text("What we do")
    expect(box.get_by_role("button", name="Close")).to_be_visible()
    page.keyboard.press("Escape")

    expect(box).to_have_count(0)
    assert page.evaluate("document.activeElement.dataset.caption") == "What we do"


@without_javascript
def test_a_picture_is_a_link_without_scripts(page: Page, stocked: Shop, addresses) -> None:
    page.goto(stocked.address("themes", addresses["atlas"]))
    page.locator(".gallery-more a").first.click()

    assert page.url.endswith(".webp")


def test_a_picture_that_does_not_come_keeps_its_place(page: Page, stocked: Shop, addresses) -> None:
    page.route(re.compile(r"/previews/.*\.(webp|avif|jpg)"), refuse)
    ready(page, stocked.address("themes", addresses["atlas"]))

    main = page.locator(".gallery-main img")
    expect(main).to_have_class(re.compile("is-broken"))
    assert main.bounding_box()["height"] > 200
    expect(main).to_have_attribute("alt", ITEMS["themes/atlas-one-page-studio"])


# -- live preview ------------------------------------------------------------------------------


def test_a_preview_that_does_not_load_says_so_and_tries_again(
    page: Page, stocked: Shop, addresses
) -> None:
    page.route(re.compile(r"//files\.[^/]+/live/"), refuse)
    page.goto(stocked.address("themes", f"{addresses['atlas']}preview/"))

    message = page.get_by_role("alert")
    expect(message).to_contain_text("The preview does not load")
    expect(message.get_by_role("link", name="Back to the item")).to_be_visible()
    page.unroute_all()
    message.get_by_role("button", name="Try again").click()

    expect(message).to_be_hidden()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Atlas Studio").first).to_be_visible(timeout=20_000)


def test_a_preview_that_never_answers_says_so(page: Page, stocked: Shop, addresses) -> None:
    page.route(re.compile(r"//files\.[^/]+/live/"), lambda route: None)
    page.goto(
        stocked.address("themes", f"{addresses['atlas']}preview/"), wait_until="domcontentloaded"
    )

    expect(page.get_by_role("alert")).to_contain_text("does not load", timeout=20_000)


def test_widths_change_without_loading_the_preview_again(
    page: Page, stocked: Shop, addresses
) -> None:
    ready(page, stocked.address("themes", f"{addresses['atlas']}preview/"))
    frame = page.locator("iframe")
    page.evaluate("document.querySelector('iframe').dataset.same = '1'")
    page.get_by_role("link", name="Phone").click()

    expect(frame).to_have_class(re.compile("live-phone"))
    assert frame.bounding_box()["width"] == 390
    expect(frame).to_have_attribute("data-same", "1")
    expect(frame).to_have_attribute("sandbox", "allow-scripts")


# -- sound -------------------------------------------------------------------------------------


def heard(page: Page) -> float:
    """How far the sound is, in hundredths."""
    return float(page.locator("#audio-dock .audio-wave").get_attribute("aria-valuenow") or 0)


def test_the_sound_goes_on_while_people_browse(page: Page, stocked: Shop, addresses) -> None:
    ready(page, stocked.address("audio", "/search/?sort=newest"))
    page.evaluate("window.isSamePage = true")
    page.get_by_role("button", name="Play Late Night Tape").click()
    dock = page.get_by_role("region", name="Player")
    expect(dock.get_by_role("button", name="Pause Late Night Tape")).to_be_visible(timeout=20_000)
    expect(dock.locator(".audio-wave")).not_to_have_attribute("aria-valuenow", "0", timeout=20_000)

    page.get_by_role("link", name="Soft Touch UI Sounds").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Soft Touch UI Sounds")
    assert page.evaluate("window.isSamePage")
    assert page.evaluate("document.activeElement.id") == "content"
    assert page.title().startswith("Soft Touch UI Sounds")
    canonical = page.locator("link[rel=canonical]")
    expect(canonical).to_have_count(1)
    assert addresses["soft"] in (canonical.get_attribute("href") or "")
    expect(dock.get_by_role("status")).to_contain_text("Soft Touch UI Sounds")
    before = heard(page)
    page.wait_for_timeout(1500)
    assert heard(page) > before

    page.go_back()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Soft Touch UI Sounds")
    assert page.evaluate("window.isSamePage")
    row = page.locator(".card", has_text="Late Night Tape")
    expect(row.get_by_role("button", name="Pause Late Night Tape")).to_be_visible()

    page.locator("#search-words").fill("tape")
    page.locator("#search-words").press("Enter")
    page.wait_for_url("**/search/?q=tape")
    assert page.evaluate("window.isSamePage")
    page.locator("#corner").get_by_role("link", name=re.compile("Cart")).click()
    page.wait_for_url("**/cart/")
    assert not page.evaluate("window.isSamePage ?? false")


def test_the_waveform_is_moved_by_keys(page: Page, stocked: Shop, addresses) -> None:
    ready(page, stocked.address("audio", addresses["late"]))
    wave = page.locator(".item-media .audio-wave")
    wave.focus()
    page.keyboard.press("PageUp")
    expect(wave).to_have_attribute("aria-valuenow", re.compile(r"^1\d$"), timeout=20_000)
    page.keyboard.press("End")
    expect(wave).to_have_attribute("aria-valuenow", re.compile(r"^9\d$"))
    page.keyboard.press("Home")
    expect(wave).to_have_attribute("aria-valuenow", re.compile(r"^[0-3]$"))
    expect(wave).to_have_attribute("aria-valuetext", re.compile(r"^0:0\d$"))


def test_the_player_takes_the_next_piece_and_remembers_how_loud(page: Page, stocked: Shop) -> None:
    ready(page, stocked.address("audio", "/search/?sort=newest"))
    page.locator(".card .audio-play").first.click()
    dock = page.get_by_role("region", name="Player")
    first = dock.locator(".dock-name").inner_text()
    dock.get_by_role("button", name="Next").click()
    expect(dock.locator(".dock-name")).not_to_have_text(first)
    expect(dock.get_by_role("button", name="Next")).to_be_disabled()
    dock.get_by_label("Volume").fill("40")

    page.reload()
    expect(dock).to_be_hidden()
    page.locator(".card .audio-play").first.click()
    expect(dock.get_by_label("Volume")).to_have_value("40")
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"csrf"}


def test_a_sound_that_does_not_come_is_not_silent(page: Page, stocked: Shop) -> None:
    page.route(re.compile(r"\.mp3"), refuse)
    ready(page, stocked.address("audio", "/search/?sort=newest"))
    page.locator(".card .audio-play").first.click()

    failed = page.get_by_role("region", name="Player").get_by_role("alert")
    expect(failed).to_have_text("This preview could not be loaded.", timeout=20_000)


@without_javascript
def test_a_sound_is_played_by_the_browser_without_scripts(page: Page, stocked: Shop) -> None:
    page.goto(stocked.address("audio", "/search/?sort=newest"))

    expect(page.locator(".card audio[controls]").first).to_be_visible()


# -- 3D ----------------------------------------------------------------------------------------


def test_a_model_shows_its_wireframe_on_another_ground(
    page: Page, stocked: Shop, addresses
) -> None:
    page.set_default_timeout(SLOW)
    ready(page, stocked.address("models", addresses["retro"]))
    assert "model-viewer" not in page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name).join()"
    )
    page.get_by_role("button", name="Turn it around").focus()
    page.keyboard.press("Enter")
    look = page.get_by_role("group", name="Look of the model")
    expect(look).to_be_visible(timeout=SLOW)
    wireframe = look.get_by_role("button", name="Wireframe")
    wireframe.focus()
    page.keyboard.press("Enter")

    expect(wireframe).to_have_attribute("aria-pressed", "true", timeout=SLOW)
    assert page.evaluate("document.querySelector('model-viewer').src").startswith("blob:")
    look.get_by_role("button", name="Dark").click()
    expect(look.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    expect(look.get_by_role("button", name="Shelf")).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".model-stage")).to_have_attribute("data-floor", "dark")
    wireframe.click()
    expect(wireframe).to_have_attribute("aria-pressed", "false", timeout=SLOW)
    assert page.evaluate("document.querySelector('model-viewer').src").endswith(".glb")


def test_a_model_that_does_not_come_says_so_and_tries_again(
    page: Page, stocked: Shop, addresses
) -> None:
    page.route(re.compile(r"\.glb"), refuse)
    ready(page, stocked.address("models", addresses["retro"]))
    page.get_by_role("button", name="Turn it around").click()

    message = page.locator(".model [role=alert]")
    expect(message).to_contain_text("The model could not be loaded.", timeout=SLOW)
    page.unroute_all()
    message.get_by_role("button", name="Try again").click()
    expect(page.locator(".model-stage")).to_have_class(re.compile("is-shown"), timeout=SLOW)
    expect(message).to_be_hidden()


# -- the others --------------------------------------------------------------------------------


def test_before_and_after_are_parted_by_keys(page: Page, stocked: Shop, addresses) -> None:
    ready(page, stocked.address("video", addresses["film"]))
    slider = page.get_by_role("slider", name="How much of the picture shows after")
    slider.focus()
    expect(slider).to_have_attribute("aria-valuetext", "50 percent after")
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "100 percent after")
    page.keyboard.press("ArrowRight")

    split = "document.querySelector('.compare').style.getPropertyValue('--split')"
    assert page.evaluate(split) == "1%"


@without_javascript
def test_before_and_after_stand_side_by_side_without_scripts(
    page: Page, stocked: Shop, addresses
) -> None:
    page.goto(stocked.address("video", addresses["film"]))

    expect(page.get_by_role("slider", name="How much")).to_have_count(0)
    before = page.locator(".compare-before").bounding_box()
    after = page.locator(".compare-after").bounding_box()
    assert before["y"] == after["y"]
    assert before["x"] + before["width"] <= after["x"]


def test_icons_are_found_by_name(page: Page, stocked: Shop, addresses) -> None:
    ready(page, stocked.address("graphics", addresses["featherlight"]))
    page.locator("#icons-title").scroll_into_view_if_needed()
    page.get_by_label("Find an icon by its name").fill("arrow up")

    shown = page.locator(".icon-grid li:visible")
    expect(page.locator(".icon-search [role=status]")).to_contain_text(re.compile(r"\d"))
    assert all("arrow" in name and "up" in name for name in shown.all_inner_texts())
    page.get_by_label("Find an icon by its name").fill("zeppelin")
    expect(shown).to_have_count(0)
    expect(page.locator(".icon-search [role=status]")).to_contain_text("No icon is called so")


@without_javascript
def test_all_icons_are_one_picture_without_scripts(page: Page, stocked: Shop, addresses) -> None:
    page.goto(stocked.address("graphics", addresses["featherlight"]))

    expect(page.get_by_role("img", name="All icons of Featherlight Line Icons")).to_be_visible()
