"""What search engines and previews of links read in the heads of pages."""

import json
import re

import pytest

from market.community.models import Rating
from market.discovery.reach.structured import as_script
from market.items.models import ItemPreview
from tests import factories
from tests.conftest import host_client

HOSTILE = '</script><script>alert(1)</script><!-- "\\" \u2028 &amp; 名前 🎧'


def nodes(page: str) -> dict[str, dict]:
    """The page's nodes by type."""
    (told,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return {one["@type"]: one for one in json.loads(told)["@graph"]}


def page_of(item, path: str = "") -> str:
    address = path or f"/items/{item.slug}/{item.pk}/"
    response = host_client("graphics").get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def item(sites):
    return factories.make_item(name="Weather icons", price_cents=1900)


def test_nothing_in_a_name_ends_the_script():
    script = as_script([{"@type": "Product", "name": HOSTILE}])

    inside = script.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set("<>&\u2028\u2029") & set(inside)
    assert json.loads(inside)["@graph"][0]["name"] == HOSTILE


def test_a_hostile_name_stays_text_on_the_page(sites):
    item = factories.make_item(name=HOSTILE)

    page = page_of(item)

    assert "<script>alert" not in page.split("<main")[0]
    assert nodes(page)["Product"]["name"] == HOSTILE


def test_a_product_tells_its_prices_with_everything_in_them(item):
    product = nodes(page_of(item))["Product"]

    offers = product["offers"]
    assert product["url"] == f"http://graphics.localhost/items/weather-icons/{item.pk}/"
    assert offers["lowPrice"] == f"{item.card['price_cents'] / 100:.2f}"
    assert offers["priceCurrency"] == "USD"
    assert offers["offerCount"] == len(offers["offers"]) == item.prices.count()
    assert {one["availability"] for one in offers["offers"]} == {"https://schema.org/InStock"}
    assert {one["seller"]["name"] for one in offers["offers"]} == {"Seven Shelves"}
    assert "aggregateRating" not in product


def test_what_is_off_sale_has_no_price_and_is_not_indexed(sites):
    item = factories.make_item(status="paused")

    page = page_of(item)

    assert "offers" not in nodes(page)["Product"]
    assert '<meta name="robots" content="noindex, follow">' in page


def test_ratings_that_are_shown_are_told(item):
    buyer = factories.make_user(username="ben")
    purchase = factories.make_purchase(buyer=buyer, item=item)
    Rating.objects.create(
        purchase=purchase, item=item, buyer=buyer, stars=4, text="Sharp & <b>clear</b>"
    )
    item.stats.rating_sum, item.stats.rating_count = 4, 1
    item.stats.save(update_fields=["rating_sum", "rating_count"])

    product = nodes(page_of(item))["Product"]

    assert product["aggregateRating"]["ratingValue"] == "4.00"
    (review,) = product["review"]
    assert review["author"]["name"] == "ben"
    assert review["reviewBody"] == "Sharp & <b>clear</b>"
    assert review["reviewRating"]["ratingValue"] == "4"


@pytest.mark.parametrize(
    ("kind", "type_"), [("video", "VideoObject"), ("audio", "AudioObject"), ("model", "3DModel")]
)
def test_media_are_told_by_their_kind(item, kind, type_):
    ItemPreview.objects.create(
        version=item.live_version, kind=kind, key=f"previews/a/{kind}.bin",
        content_type="x/y", facts={"seconds": 61.4},
    )  # fmt: skip

    (media,) = nodes(page_of(item))["Product"]["subjectOf"]

    assert media["@type"] == type_
    if kind != "model":
        assert media["duration"] == "PT61S"


def test_the_way_to_an_item_is_told(item):
    crumbs = nodes(page_of(item))["BreadcrumbList"]["itemListElement"]

    assert [one["name"] for one in crumbs] == ["Graphics Shelf", "Icons", "Line", "Weather icons"]
    assert [one["position"] for one in crumbs] == [1, 2, 3, 4]


def test_home_category_and_author_tell_what_they_are(item):
    home = nodes(page_of(item, "/"))
    category = nodes(page_of(item, "/category/icons/line/"))
    author = nodes(page_of(item, f"/authors/{item.author.username}/"))

    target = home["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert target == "http://graphics.localhost/search/?q={words}"
    assert home["Organization"]["name"] == "Seven Shelves"
    assert category["ItemList"]["itemListElement"][0]["name"] == "Weather icons"
    assert author["ProfilePage"]["mainEntity"]["alternateName"] == item.author.username


def test_every_page_has_one_address_and_its_translations(item):
    path = f"/items/{item.slug}/{item.pk}/"
    english, german = page_of(item, path), page_of(item, f"/de{path}")
    root = "http://graphics.localhost"

    assert f'<link rel="canonical" href="{root}{path}">' in english
    assert f'<link rel="canonical" href="{root}/de{path}">' in german
    for page in (english, german):
        assert f'hreflang="en" href="{root}{path}"' in page
        assert f'hreflang="de" href="{root}/de{path}"' in page
        assert f'hreflang="x-default" href="{root}{path}"' in page


def test_later_pages_and_searches_are_not_indexed(item):
    factories.index()
    for path in ("/search/?q=icons", "/category/icons/?after=WzEsMV0", "/de/search/?q=icons"):
        page = page_of(item, path)
        assert '<meta name="robots" content="noindex, follow">' in page, path
        assert page.count('rel="canonical"') == 1
    assert 'name="robots"' not in page_of(item, "/search/")


def test_previews_of_links_have_what_they_need(item):
    for path in ("/", "/category/icons/", f"/authors/{item.author.username}/", ""):
        page = page_of(item, path)
        for name in ("og:title", "og:description", "og:url", "og:type", "og:site_name"):
            assert f'<meta property="{name}" content="' in page, path
        assert '<meta name="twitter:card"' in page
