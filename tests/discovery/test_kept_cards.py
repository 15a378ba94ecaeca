"""Kept cards are the cards that would be drawn: never of another price, language or release."""

from collections.abc import Iterator

import pytest
from django.conf import settings as project
from django.core.cache import caches

from market.discovery import kept_cards
from market.discovery.page_cache.store import store
from market.items.models import Item, ItemStats, Promotion
from market.tenancy.registry import marketplaces
from tests import factories
from tests.conftest import host_client
from tests.discovery.page_cache.conftest import without_redis

needs_redis = pytest.mark.skipif(not project.REDIS_URL, reason="cards are shared by Redis alone")
PICTURE = {
    "key": "previews/1/picture-1180.webp",
    "width": 1180,
    "height": 590,
    "colour": "#8a6f52",
    "formats": {"avif": [400, 1180], "webp": [590, 1180]},
}
SITES = [(site.slug, next(iter(site.leaf_paths()))) for site in marketplaces()]


@pytest.fixture(autouse=True)
def _cards_are_kept(settings) -> Iterator[None]:
    settings.KEEP_PARTS = True
    settings.REVISION = "1"
    forget()
    yield
    forget()


@pytest.fixture
def item(sites):
    item = factories.make_item(name="Lantern <b>")
    Item.objects.filter(pk=item.pk).update(card=item.card | {"preview": PICTURE})
    ItemStats.objects.filter(pk=item.pk).update(sales=7, rating_sum=9, rating_count=2)
    return item


def forget():
    """As in a new process, at an empty Redis."""
    kept_cards.memory.clear()
    caches["pages"].clear()
    store.ask_again()


def page(address="/category/icons/line/", site="graphics"):
    return host_client(site).get(address).content.decode()


def shared_cards():
    return [name for name in caches["pages"].keys("*") if name.startswith("card:")]


@pytest.mark.parametrize(("site", "category"), SITES)
def test_each_kind_of_card_is_the_same_kept_and_drawn(settings, sites, site, category):
    preview = {
        "media": "previews/1/a.mp3",
        "seconds": 61.5,
        "peaks": [0.1, 0.9],
        "preview": PICTURE,
    }
    author = factories.make_author(username="ada")
    for number in range(4):
        item = factories.make_item(site=site, category=category, author=author)
        card = item.card | preview | {"tags": ["one"], "bytes": 4096, "files": number}
        Item.objects.filter(pk=item.pk).update(card=card)
    factories.make_promotion(item=item)
    for address in ("/", f"/de/category/{category}/", f"/category/{category}/", "/authors/ada/"):
        first = page(address, site)
        from_memory = page(address, site)
        kept_cards.memory.clear()
        from_redis = page(address, site)
        settings.KEEP_PARTS = False
        drawn = page(address, site)
        settings.KEEP_PARTS = True

        assert first == from_memory == from_redis == drawn
        assert drawn.count("<article") == 4


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Lamp"},
        {"slug": "lamp"},
        {"card__price_cents": 4321},
        {"card__author_name": "Ada"},
        {"card__preview": PICTURE | {"colour": "#ffffff"}},
        {"stats__sales": 8},
        {"stats__rating_sum": 10},
        {"stats__rating_count": 3},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_is_seen_at_once(settings, item, change):
    before = page()
    ((name, value),) = change.items()
    part, _, field = name.rpartition("__")
    if part == "stats":
        ItemStats.objects.filter(pk=item.pk).update(**{field: value})
    else:
        item.refresh_from_db()
        changed = {"card": item.card | {field: value}} if part else {field: value}
        Item.objects.filter(pk=item.pk).update(**changed)

    after = page()

    settings.KEEP_PARTS = False
    assert after == page()
    assert after != before


def test_what_becomes_free_and_ends_is_seen_at_once(item):
    before = page()
    promotion = factories.make_promotion(item=item)
    during = page()
    Promotion.objects.filter(pk=promotion.pk).delete()

    assert "Free" in during
    assert "Free" not in before
    assert page() == before


def test_what_goes_off_sale_is_gone(item):
    assert "Lantern" in page()
    Item.objects.filter(pk=item.pk).update(status=Item.Status.PAUSED)

    assert "Lantern" not in page()


def test_each_language_has_its_own(item):
    english, german = page("/search/"), page("/de/search/")

    assert (english, german) == (page("/search/"), page("/de/search/"))
    assert f'href="/items/{item.slug}/' in english
    assert f'href="/de/items/{item.slug}/' in german


@needs_redis
@pytest.mark.parametrize(
    ("name", "value"), [("REVISION", "2"), ("PREVIEWS_BASE_URL", "https://cdn.example")]
)
def test_another_release_or_another_place_draws_anew(settings, item, name, value):
    page()
    (card,) = shared_cards()
    caches["pages"].set(card, b"null\n<li>old</li>")
    setattr(settings, name, value)

    assert "<li>old</li>" not in page()
    assert len(shared_cards()) == 2


@needs_redis
def test_cards_are_asked_for_at_once_and_only_if_this_process_has_them_not(item, monkeypatch):
    for _ in range(5):
        factories.make_item()
    page()
    asked = []
    monkeypatch.setattr(store, "read_many", lambda keys: asked.append(len(keys)) or {})

    page()
    kept_cards.memory.clear()
    page()

    assert asked == [6]


@needs_redis
def test_without_a_revision_nothing_is_shared(settings, item):
    settings.REVISION = "development"

    page()

    assert shared_cards() == []


def test_without_redis_cards_are_drawn(settings, item):
    shown = page()
    kept_cards.memory.clear()

    with without_redis(settings):
        assert page() == shown


def test_the_first_picture_is_preloaded_from_a_kept_card_too(item):
    preload = '<link rel="preload" as="image" fetchpriority="high" imagesrcset="'

    assert page().count(preload) == 1
    assert page().count(preload) == 1


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(kept_cards, "MOST_IN_MEMORY", 3)
    memory = kept_cards.CardMemory()

    memory.put_many({name: name.encode() for name in "abc"})
    memory.get_many(["a"])
    memory.put_many({"d": b"d"})

    assert memory.get_many("abcd") == {"a": b"a", "c": b"c", "d": b"d"}
