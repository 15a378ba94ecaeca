"""What a kept page is: the same bytes for everybody, without a query, until it is due."""

import gzip

import brotli
import pytest
from django.core.cache import caches
from django.db import OperationalError, connection

from market.discovery.page_cache.store import store
from market.items.models import Item
from tests import factories
from tests.conftest import host_client
from tests.discovery.page_cache.conftest import kept_entry, make_due, wanted
from tests.discovery.test_public_pages import addresses


@pytest.fixture
def item(sites):
    made = factories.make_item(name="Blue icons")
    factories.index()
    return made


@pytest.fixture
def address(item):
    return f"/items/{item.slug}/{item.pk}/"


def rename(item, name):
    """Behind the cache's back: whoever shows the new name has rendered anew."""
    Item.objects.filter(pk=item.pk).update(name=name)


@pytest.mark.smoke
def test_a_warm_page_asks_the_database_nothing(item, django_assert_num_queries):
    client = host_client("graphics")
    for address in addresses(item):
        cold = client.get(address)
        with django_assert_num_queries(0):
            warm = client.get(address)

        assert warm.status_code == 200, address
        assert warm.content == cold.content, address
        assert dict(warm.items()).keys() == dict(cold.items()).keys(), address


def test_a_signed_in_visitor_gets_the_kept_bytes_and_fills_for_all(address):
    buyer = factories.make_user(username="zaphod")

    filled = host_client("graphics", buyer).get(address)
    shown = host_client("graphics").get(address)

    assert shown.content == filled.content
    assert "zaphod" not in shown.content.decode()
    assert not shown.cookies


def test_a_kept_page_has_all_headers_of_protection(address):
    client = host_client("graphics")
    cold, warm = client.get(address), client.get(address)

    for name in (
        "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
        "Cache-Control", "Content-Type", "ETag", "Vary", "Content-Length", "X-Request-ID",
    ):  # fmt: skip
        assert warm.headers[name], name
    assert warm["ETag"] == cold["ETag"]
    assert warm["X-Request-ID"] != cold["X-Request-ID"]


def test_who_has_the_page_is_told_so_also_by_the_first_request(address):
    client = host_client("graphics")
    tag = client.get(address)["ETag"]
    caches["pages"].clear()

    for _ in ("rendered", "kept"):
        again = client.get(address, headers={"If-None-Match": tag})

        assert again.status_code == 304
        assert again.content == b""
    # The conditional request has filled the cache with the whole page.
    assert b"Blue icons" in client.get(address).content


def test_head_is_answered_from_the_kept_page_and_keeps_none(address, django_assert_num_queries):
    client = host_client("graphics")
    client.head(address)
    assert kept_entry(address) is None

    page = client.get(address)
    with django_assert_num_queries(0):
        head = client.head(address)

    assert head.content == b""
    assert head["ETag"] == page["ETag"]
    assert head["Content-Length"] == page["Content-Length"]


def test_each_encoding_is_kept_and_means_the_same(address):
    client = host_client("graphics")
    plain = client.get(address).content
    for encoding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        for _ in ("rendered", "kept"):
            packed = client.get(address, headers={"Accept-Encoding": encoding})

            assert packed["Content-Encoding"] == encoding
            assert unpack(packed.content) == plain
            assert packed["Content-Length"] == str(len(packed.content))


@pytest.mark.parametrize(
    "accepted", ["", "br;q=0", "identity", "*", "x" * 5000, "gzip;q=0", "br;q=0, gzip;q=0", "\x7f"]
)
def test_an_odd_wish_for_an_encoding_spoils_no_other(address, accepted):
    client = host_client("graphics")
    client.get(address, headers={"Accept-Encoding": accepted})

    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "br"})

    assert "Content-Encoding" not in plain.headers
    assert b"Blue icons" in plain.content
    assert brotli.decompress(packed.content) == plain.content


def test_languages_and_marketplaces_have_pages_of_their_own(item):
    texts = {
        host_client(site).get(path).content
        for _ in ("rendered", "kept")
        for site in ("graphics", "photos")
        for path in ("/", "/de/")
    }

    assert len(texts) == 4


def test_one_that_is_due_is_rendered_anew(address, item):
    client = host_client("graphics")
    client.get(address)
    rename(item, "Red icons")
    assert b"Blue icons" in client.get(address).content

    make_due(address)

    assert b"Red icons" in client.get(address).content


def test_while_one_refills_the_others_get_the_page_of_before(address, item):
    client = host_client("graphics")
    client.get(address)
    rename(item, "Red icons")
    make_due(address)
    assert store.claim(wanted(address).key)  # somebody is at it, or was killed at it

    assert b"Blue icons" in client.get(address).content

    store.release(wanted(address).key)
    assert b"Red icons" in client.get(address).content


def test_a_page_of_before_stands_in_for_a_database_that_is_away(address):
    client = host_client("graphics")
    client.get(address)
    make_due(address)

    def away(*args):
        raise OperationalError(2002, "away")

    with connection.execute_wrapper(away):
        assert b"Blue icons" in client.get(address).content
        caches["pages"].clear()
        assert client.get(address).status_code == 503


def test_what_is_no_page_is_not_kept(item, monkeypatch, django_assert_num_queries):
    client = host_client("graphics")
    elsewhere = f"/items/another-name/{item.pk}/"
    for address, status in (
        (elsewhere, 301), ("/category/no-such/", 404), ("/search/?after=nonsense", 302)
    ):  # fmt: skip
        for _ in range(2):
            assert client.get(address).status_code == status
        assert kept_entry(address) is None


def test_a_closed_shop_shows_no_kept_page(address, settings, tmp_path):
    client = host_client("graphics")
    client.get(address)
    settings.MAINTENANCE_FILE = str(tmp_path / "maintenance")
    (tmp_path / "maintenance").touch()

    assert client.get(address).status_code == 503


def test_an_unknown_host_gets_no_kept_page(address):
    host_client("graphics").get(address)

    assert host_client("graphics").get(address, headers={"Host": "evil.example"}).status_code == 421


def test_off_means_off(address, item, settings):
    settings.PAGE_CACHE_SECONDS = 0
    client = host_client("graphics")
    client.get(address)
    rename(item, "Red icons")

    assert b"Red icons" in client.get(address).content

    settings.PAGE_CACHE_SECONDS = 300
    assert kept_entry(address) is None


@pytest.mark.usefixtures("redis_away")
def test_without_redis_every_page_is_rendered(item):
    client = host_client("graphics")
    for address in addresses(item):
        assert client.get(address).status_code == 200, address
    rename(item, "Red icons")
    assert b"Red icons" in client.get(f"/items/{item.slug}/{item.pk}/").content


def test_a_page_of_a_moment_ago_asks_not_even_redis(address, settings):
    settings.PAGE_CACHE_MEMORY_SECONDS = 60
    client = host_client("graphics")
    first = client.get(address)
    caches["pages"].clear()

    again = client.get(address)

    assert again.content == first.content


def test_each_answer_is_counted_by_where_it_came_from(address, settings, agent):
    client = host_client("graphics")
    client.get(address)
    client.get(address)
    settings.PAGE_CACHE_MEMORY_SECONDS = 60
    client.get(address)
    make_due(address)
    assert store.claim(wanted(address).key)
    client.get(address)

    counted: list[str] = []
    while len(counted) < 4:  # among the times of each
        line = agent.recv(2000).decode()
        counted += [line] if line.startswith("market.page_cache:") else []
    assert [line.split("result:")[1].split(",")[0] for line in counted] == [
        "miss", "hit", "memory", "stale",
    ]  # fmt: skip
    assert all("site:graphics" in line for line in counted)
