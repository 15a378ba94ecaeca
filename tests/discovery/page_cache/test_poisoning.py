"""What one visitor asks with must not reach another through a kept page, nor blow the cache up."""

import pytest
from django.core.cache import caches

from market.discovery.page_cache.store import store
from tests import factories
from tests.conftest import host_client
from tests.discovery.page_cache.conftest import wanted
from tests.discovery.test_public_pages import addresses

MARK = "zqxmark"


@pytest.fixture
def item(sites):
    made = factories.make_item(name="Blue icons")
    factories.index()
    return made


def test_an_unknown_parameter_is_neither_in_the_page_nor_in_its_key(item):
    client = host_client("graphics")
    for address in addresses(item):
        plain = client.get(address).content
        joint = "&" if "?" in address else "?"
        noisy = f"{address}{joint}utm_source={MARK}&{MARK}=1"

        assert wanted(noisy).key == wanted(address).key
        caches["pages"].clear()
        rendered = client.get(noisy).content
        assert rendered == plain, address
        assert client.get(address).content == plain


@pytest.mark.parametrize("cache_seconds", [0, 300])
def test_a_page_is_the_same_with_and_without_the_cache(item, settings, cache_seconds):
    settings.PAGE_CACHE_SECONDS = cache_seconds

    page = host_client("graphics").get(f"/search/?q=blue&{MARK}=1").content.decode()

    assert MARK not in page
    assert "Blue icons" in page or "No" in page


def test_the_order_of_parameters_makes_no_second_page(sites):
    assert wanted("/search/?q=a&sort=newest").key == wanted("/search/?sort=newest&q=a").key
    assert wanted("/search/?q=a&sort=").key == wanted("/search/?q=a").key
    assert wanted("/search/?q=b&q=a").key == wanted("/search/?q=a").key
    assert wanted("/search/?q=a").key != wanted("/search/?q=b").key
    assert wanted("/search/?q=a%26sort%3Dnewest").key != wanted("/search/?q=a&sort=newest").key


def test_a_key_is_as_long_for_ten_thousand_characters_as_for_one(sites):
    assert len(wanted("/search/?q=" + "x" * 10_000).key) == len(wanted("/").key)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": f"{MARK}.example"},
        {"X-Forwarded-Proto": MARK},
        {"X-Original-URL": f"/{MARK}/"},
        {"X-Rewrite-URL": f"/{MARK}/"},
        {"Forwarded": f"host={MARK}.example"},
        {"Referer": f"http://{MARK}.example/"},
        {"Origin": f"http://{MARK}.example"},
        {"Accept-Language": f"{MARK},de"},
        {"User-Agent": MARK},
        {"HX-Request": "true", "HX-Current-URL": f"http://{MARK}.example/"},
        {"Cookie": f"session={MARK}; csrf={MARK}"},
        {"X-HTTP-Method-Override": "POST"},
        {"Range": "bytes=0-10"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_header_reaches_a_kept_page(item, headers):
    for address in ("/", f"/items/{item.slug}/{item.pk}/", "/search/?q=blue"):
        plain = host_client("graphics").get(address).content
        caches["pages"].clear()

        host_client("graphics").get(address, headers=headers)
        kept = host_client("graphics").get(address)

        assert kept.content == plain
        assert MARK not in str(kept.headers)


def test_bytes_that_are_no_page_are_rendered_over(item):
    client = host_client("graphics")
    client.get("/")
    for garbage in (b"", b"{}\nbody", b"[1]\n", b"\x80\x04\x95", b'{"headers": 1}'):
        caches["pages"].set(wanted("/").key, garbage)

        assert client.get("/").status_code == 200

    assert store.read(wanted("/").key, wanted("/").tags).is_valid


def test_a_page_over_https_is_another_one_than_over_http(sites):
    """It has a header more, and X-Forwarded-Proto says which it is."""
    client = host_client("graphics")
    client.get("/")

    secure = client.get("/", headers={"X-Forwarded-Proto": "https"})

    assert "Strict-Transport-Security" not in client.get("/").headers
    assert secure.status_code == 200


def test_too_many_parameters_are_refused_as_without_the_cache(sites):
    query = "&".join(f"p{number}=1" for number in range(600))

    assert host_client("graphics").get(f"/search/?{query}").status_code == 400
