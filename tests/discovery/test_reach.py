"""robots.txt, sitemaps and feeds."""

import tracemalloc
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from market.discovery.reach import sitemaps
from market.discovery.selectors import reach as selectors
from market.items.models import Item, ItemPreview
from market.tenancy import hosts
from market.tenancy.registry import marketplace
from tests import factories
from tests.conftest import host_client

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
# XML 1.0 cannot say these, not even escaped.
UNSPEAKABLE = "Rain\x00 \x0b\x1b\ufffe\uffff & <sun> ]]> Ünïcode 名前 🎧"


def read(text: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314  # our own


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def places(path: str, host: str = "graphics") -> list[str]:
    response = host_client(host).get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return [one.text or "" for one in read(body(response)).iter(f"{MAP}loc")]


@pytest.fixture
def item(sites):
    return factories.make_item(name="Weather icons")


def test_every_host_has_rules_for_robots():
    for host in hosts.all_hosts():
        response = host_client(host.key).get("/robots.txt")
        lines = response.content.decode().splitlines()

        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert lines[0] == "User-agent: *"
        if host.marketplace:
            assert f"Sitemap: http://{host.name}/sitemap.xml" in lines
            assert "Disallow: /" not in lines
            assert {"Disallow: /cart/", "Disallow: /de/cart/"} <= set(lines)
        else:
            assert "Disallow: /" in lines
            assert ("Allow: /previews/" in lines) == (host.key == "files")


def test_the_index_names_each_part_that_holds_something(item, monkeypatch):
    monkeypatch.setattr(selectors, "PART", 2)
    first, last = item.pk, item.pk + 9
    while (other := factories.make_item().pk) < last:
        pass
    last, hole = other, first + 4
    Item.objects.filter(pk__in=(hole // 2 * 2, hole // 2 * 2 + 1)).update(status="paused")
    factories.make_item(site="photos", category="nature/forests")

    root = "http://graphics.localhost/sitemaps"
    named = places("/sitemap.xml")

    assert named[0] == f"{root}/pages.xml"
    assert [one for one in named if "items-" in one] == [
        f"{root}/items-{part}.xml" for part in range(first // 2, last // 2 + 1) if part != hole // 2
    ]
    assert all(places(one.removeprefix("http://graphics.localhost")) for one in named[:3])


def test_a_part_lists_the_items_on_sale_of_its_site_alone(item):
    factories.make_item(status="paused")
    factories.make_item(status="draft")
    factories.make_item(site="photos", category="nature/forests")
    part = item.pk // selectors.PART

    assert places(f"/sitemaps/items-{part}.xml") == [
        f"http://graphics.localhost/items/weather-icons/{item.pk}/"
    ]


def test_all_that_a_sitemap_names_is_there(item):
    names = places("/sitemaps/pages.xml")
    names += places(f"/sitemaps/authors-{item.author_id // selectors.PART}.xml")

    assert f"http://graphics.localhost/authors/{item.author.username}/" in names
    assert len(names) == len(set(names))
    for name in names:
        path = name.removeprefix("http://graphics.localhost")
        assert host_client("graphics").get(path).status_code == 200, name


def test_parts_that_cannot_be_are_not_found(sites):
    for path in ("/sitemaps/items-99999999999999.xml", "/sitemaps/users-0.xml"):
        assert host_client("graphics").get(path).status_code == 404
    assert host_client("account").get("/sitemap.xml").status_code == 404
    assert places("/sitemaps/items-3.xml") == []


def test_a_part_is_read_in_batches_by_key(item, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(selectors, "BATCH", 10)
    for _ in range(24):
        factories.make_item(author=item.author)
    site, part = marketplace("graphics"), item.pk // selectors.PART

    with django_assert_num_queries(4):  # 10, 10, 5, none
        assert "".join(sitemaps.items(site, part)).count("<loc>") == 25


def test_a_part_takes_the_memory_of_a_batch(monkeypatch):
    now = timezone.now()
    whole = ((number, "a-name-of-usual-length", now) for number in range(selectors.PART))
    monkeypatch.setattr(selectors, "part_of_items", lambda site_id, number: whole)

    tracemalloc.start()
    length = sum(len(piece) for piece in sitemaps.items(marketplace("graphics"), 0))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert length > 4_000_000
    assert peak < 500_000


@pytest.mark.parametrize("items", [1, 100])
def test_feeds_ask_as_often_for_one_item_as_for_a_hundred(sites, items, django_assert_num_queries):
    painter = factories.make_author(username="painter")
    for _ in range(items):
        factories.make_item(author=painter)
    client = host_client("graphics")

    for path, queries in (
        ("/feeds/new.xml", 3),
        ("/feeds/category/icons/line.xml", 4),
        ("/feeds/author/painter.xml", 4),
    ):
        with django_assert_num_queries(queries):
            assert client.get(path).status_code == 200


def test_a_feed_is_valid_whatever_names_hold(item):
    Item.objects.filter(pk=item.pk).update(
        name=UNSPEAKABLE, summary=UNSPEAKABLE, card=item.card | {"author_name": UNSPEAKABLE}
    )
    response = host_client("graphics").get("/feeds/new.xml")

    feed = read(response.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Rain  & <sun> ]]> Ünïcode 名前 🎧"
    assert entry.findtext(f"{ATOM}id").endswith(f":items/{item.pk}")
    links = {one.get("rel"): one.get("href") for one in entry.findall(f"{ATOM}link")}
    assert links["alternate"].startswith("http://graphics.localhost/items/")


def test_an_entry_encloses_what_can_be_played_or_seen(item):
    for kind, content_type in (("image", "image/webp"), ("audio", "audio/mpeg")):
        ItemPreview.objects.create(
            version=item.live_version, kind=kind, key=f"previews/a/{kind}.x",
            content_type=content_type, bytes=77,
        )  # fmt: skip

    feed = read(host_client("graphics").get("/feeds/new.xml").content)

    (enclosure,) = [one for one in feed.iter(f"{ATOM}link") if one.get("rel") == "enclosure"]
    assert (enclosure.get("type"), enclosure.get("length")) == ("audio/mpeg", "77")
    assert enclosure.get("href").endswith("/previews/a/audio.x")


def test_a_feed_that_has_nothing_new_is_not_sent_again(item):
    client = host_client("graphics")
    first = client.get("/feeds/new.xml")

    by_tag = client.get("/feeds/new.xml", headers={"If-None-Match": first["ETag"]})
    by_date = client.get("/feeds/new.xml", headers={"If-Modified-Since": first["Last-Modified"]})
    Item.objects.filter(pk=item.pk).update(updated_at=timezone.now() + timedelta(minutes=1))
    changed = client.get("/feeds/new.xml", headers={"If-None-Match": first["ETag"]})

    assert (by_tag.status_code, by_date.status_code, changed.status_code) == (304, 304, 200)


def test_feeds_of_nothing_are_empty_and_of_nobody_not_found(sites):
    client = host_client("graphics")
    first, again = client.get("/feeds/new.xml"), client.get("/feeds/new.xml")

    assert read(first.content).findall(f"{ATOM}entry") == []
    assert first.content == again.content
    assert client.get("/feeds/author/nobody.xml").status_code == 404
    assert client.get("/feeds/category/no/such.xml").status_code == 404


def test_pages_name_their_feeds(item):
    client = host_client("graphics")
    for path, feed in (
        ("/", "/feeds/new.xml"),
        ("/category/icons/", "/feeds/category/icons.xml"),
        (f"/authors/{item.author.username}/", f"/feeds/author/{item.author.username}.xml"),
        ("/de/", "/de/feeds/new.xml"),
    ):
        page = client.get(path).content.decode()
        assert 'type="application/atom+xml"' in page
        assert f'href="http://graphics.localhost{feed}"' in page
        assert client.get(feed).status_code == 200
