"""What a first visit costs, page by page, on an instance with production's settings.

Lists are filled to their page size by copies of the demo's items, each with pictures at addresses
of its own. Over plain http browsers ask for gzip alone: over https it is less.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request
from pytest_django.plugin import DjangoDbBlocker

from market.tenancy.registry import marketplaces
from script.lib.production import (
    Instance,
    free_port,
    prepare,
    production_environment,
    serving,
)
from tests.browser.conftest import _own_database

pytestmark = pytest.mark.browser

SITES = tuple(site.slug for site in marketplaces())
KINDS = ("home", "listing", "category", "item", "author")
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
BUDGETS = {"document": 25_000, "stylesheet": 35_000, "script": 40_000, "font": 70_000}
ITEMS = (
    "themes/harbor-admin-dashboard", "code/driver-product-tours", "video/neon-grid-horizon",
    "audio/late-night-tape-lofi", "graphics/featherlight-line-icons",
    "photos/espresso-on-the-bar", "models/retro-toy-rocket",
)  # fmt: skip
# Prints, for each site, the address of a full category, an item and its author.
FILL = """
import itertools, json, os, random, shutil, uuid
from pathlib import Path
from django.conf import settings
from market.items.models import Item, ItemListing, ItemStats, NodeStats
from market.tenancy.registry import marketplaces
random.seed(7)
words = '''Amber Birch Canvas Delta Ember Fjord Grain Harbor Indigo Juniper Kettle Lumen Meadow
Northern Orbit Paper Quartz River Saffron Timber Umber Velvet Willow Zephyr'''.split()
files = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
for site in marketplaces():
    original = Item.objects.get(site_id=site.id)
    listings = list(ItemListing.objects.filter(item_id=original.pk))
    preview = original.card.get("preview") or {}
    folder = preview.get("key", "").rpartition("/")[0]
    for number in range(site.search.page_size + 1):
        item = Item.objects.get(pk=original.pk)
        copy = f"previews/{uuid.UUID(int=random.getrandbits(128)).hex}"
        if folder:
            shutil.copytree(files / folder, files / copy, copy_function=os.link)
            item.card = json.loads(json.dumps(item.card).replace(folder, copy))
        item.pk = None
        item.name = " ".join(random.sample(words, 3))
        item.summary = " ".join(random.choices(words, k=12))
        item.save(force_insert=True)
        ItemStats.objects.create(
            item=item, sales=number, rating_sum=4 * number, rating_count=number
        )
        for row in listings:
            row.pk, row.item, row.sales = None, item, number
            row.save(force_insert=True)
    NodeStats.objects.filter(site_id=site.id, items__gt=0).update(items=site.search.page_size + 2)
    print(site.slug, original.category.path, original.pk, original.slug, original.author.username)
"""
WATCH = """
window.shifts = [];
window.largest = null;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const what = entry.sources.map((one) => one.node?.outerHTML?.slice(0, 120)).join(" | ");
    window.shifts.push([entry.value, what]);
  }
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  const { element, url, size } = list.getEntries().at(-1);
  window.largest = element && { tag: element.tagName, url, size,
    width: element.getAttribute("width"), height: element.getAttribute("height") };
}).observe({ type: "largest-contentful-paint", buffered: true });
"""
SCROLL = """async () => {
  for (let top = 0; top < document.body.scrollHeight; top += 600) {
    window.scrollTo(0, top);
    await new Promise((done) => setTimeout(done, 60));
  }
}"""
# The area of each picture that was preloaded, by its address.
PRELOADED = """() => {
  const links = [...document.head.querySelectorAll("link[rel=preload][as=image]")]
    .map((link) => `${link.imageSrcset} ${link.getAttribute("href") ?? ""}`).join(" ");
  const drawn = [...document.querySelectorAll("main img, main video")];
  return Object.fromEntries(drawn
    .map((one) => [one.currentSrc || one.poster, one.clientWidth * one.clientHeight])
    .filter(([url]) => url && links.includes(url)));
}"""


@dataclass
class Shop:
    here: Instance
    paths: dict[str, dict[str, str]]  # by site and kind

    def address(self, site: str, kind: str) -> str:
        return self.here.address(site, self.paths[site][kind])


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Shop]:
    folder, port = tmp_path_factory.mktemp("production"), free_port()
    environment = production_environment(folder, port)
    environment.pop("STORAGE_URL", None)  # its files are linked
    with django_db_blocker.unblock():
        environment["DATABASE_URL"] = _own_database(f"{worker_id}_production", folder)
    here = Instance(environment, port)
    prepare(here, items=ITEMS)
    paths = {}
    for line in here.run(FILL).splitlines():
        site, category, number, slug, author = line.split()
        paths[site] = {
            "home": "/",
            "listing": "/search/",
            "category": f"/category/{category}/",
            "item": f"/items/{slug}/{number}/",
            "author": f"/authors/{author}/",
        }
    with serving(here):
        yield Shop(here, paths)


@dataclass
class Visit:
    """A first visit: bytes that came over the wire by kind, what moved, what was largest."""

    bytes: dict[str, int] = field(default_factory=dict)
    shifts: list[Any] = field(default_factory=list)
    largest: dict[str, Any] | None = None
    preloaded: dict[str, int] = field(default_factory=dict)


def visit(browser: Browser, address: str, width: str) -> Visit:
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    context.add_init_script(WATCH)
    page, found = context.new_page(), Visit()
    done: list[Request] = []
    # Playwright notes something on the function, which a built-in one does not take.
    page.on("requestfinished", lambda one: done.append(one))  # noqa: PLW0108
    page.goto(address, wait_until="networkidle")
    # Asked before the page is scrolled: that ends what counts as largest.
    found.largest = page.evaluate("window.largest")
    found.preloaded = page.evaluate(PRELOADED)
    for one in done:
        if is_counted(one, address):
            kind = one.resource_type
            found.bytes[kind] = found.bytes.get(kind, 0) + one.sizes()["responseBodySize"]
    settle(page)
    found.shifts = page.evaluate("window.shifts")
    context.close()
    return found


def is_counted(request: Request, address: str) -> bool:
    """Of scripts, our own: viewers and other packages load when they are needed."""
    parts = urlsplit(request.url)
    is_package = request.resource_type == "script" and "/vendor/" in parts.path
    return parts.netloc == urlsplit(address).netloc and not is_package


def settle(page: Page) -> None:
    """All that loads when it comes near has come near."""
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("site", SITES)
def test_a_first_visit_stays_in_its_budget_and_nothing_moves(
    shop: Shop, browser: Browser, site: str
) -> None:
    found = []
    for kind in KINDS:
        for width in WIDTHS:
            seen = visit(browser, shop.address(site, kind), width)
            found += [f"{kind} at a {width}: {fault}" for fault in faults(seen)]
    assert not found, "\n".join(found)


def faults(seen: Visit) -> Iterator[str]:
    for kind, most in BUDGETS.items():
        if (length := seen.bytes.get(kind, 0)) > most:
            yield f"{length:,} bytes of {kind}, at most {most:,}"
    moved = sum(value for value, _ in seen.shifts)
    if round(moved, 3):
        yield f"moves by {moved:.3f}: {[what for _, what in seen.shifts][:3]}"
    if seen.largest and seen.largest["tag"] == "IMG":
        yield from largest_faults(seen.largest, seen.preloaded)


def largest_faults(largest: dict[str, Any], preloaded: dict[str, int]) -> Iterator[str]:
    """In a list of pictures of about one size, the first stands for the others."""
    if not (largest["width"] and largest["height"]):
        yield f"the largest picture has no size: {largest}"
    if largest["url"] not in preloaded and not any(
        area > largest["size"] / 2 for area in preloaded.values()
    ):
        yield f"the largest picture is not preloaded: {largest}, but {preloaded}"


def test_static_files_and_previews_are_kept_for_ever(shop: Shop, browser: Browser) -> None:
    page = browser.new_page()
    kept: dict[str, str] = {}
    page.on("response", lambda one: kept.update({one.url: one.headers.get("cache-control", "")}))
    page.goto(shop.address("graphics", "home"), wait_until="networkidle")
    page.close()

    fetched = {url: said for url, said in kept.items() if "/static/" in url or "/previews/" in url}
    assert len(fetched) > 10
    for url, said in fetched.items():
        assert {"max-age=315360000", "max-age=31536000"} & set(said.replace(",", "").split()), url
        assert "immutable" in said, url


def test_the_files_of_the_demo_that_this_uses_are_there() -> None:
    root = Path(__file__).resolve().parents[2]
    assert all((root / "demo" / name / "item.toml").is_file() for name in ITEMS)
