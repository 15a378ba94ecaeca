"""The native surface: marketplaces, categories, items, versions, authors, search."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from market.items.models import Category, Item, ItemVersion
from market.tenancy.registry import marketplace
from tests import factories
from tests.api.clients import ApiClient

pytestmark = pytest.mark.django_db

ITEMS = "/rest/v1/items/?marketplace=graphics"


def _items(count, **options):
    """Published a minute after another, the last one newest."""
    author = options.pop("author", None) or factories.make_author()
    first = timezone.now() - timedelta(days=30)
    return [
        factories.make_item(author=author, published_at=first + timedelta(minutes=n), **options)
        for n in range(count)
    ]


def test_the_marketplaces(sites):
    found = ApiClient().get("/rest/v1/marketplaces/").json()["results"]

    assert len(found) == 7
    graphics = next(one for one in found if one["slug"] == "graphics")
    assert set(graphics) == {"slug", "name", "tagline", "url"}
    assert graphics["url"] == "http://graphics.localhost/"


def test_categories_come_after_their_parents(sites):
    found = ApiClient().get("/rest/v1/marketplaces/graphics/categories/").json()["results"]

    paths = [one["path"] for one in found]
    assert paths.index("icons") < paths.index("icons/line")
    assert len(paths) == Category.objects.filter(site_id=marketplace("graphics").id).count()
    assert ApiClient().get("/rest/v1/marketplaces/shoes/categories/").status_code == 404


def test_items_of_one_marketplace_newest_first(sites):
    older, newer = _items(2)
    factories.make_item(site="photos", category="nature/landscapes")

    found = ApiClient().get(ITEMS).json()

    assert [one["id"] for one in found["results"]] == [newer.pk, older.pk]
    assert found["next_cursor"] is None
    assert found["results"][0] == {
        "id": newer.pk,
        "marketplace": "graphics",
        "name": newer.name,
        "summary": newer.summary,
        "url": f"http://graphics.localhost/items/{newer.slug}/{newer.pk}/",
        "category": "icons/line",
        "author": newer.author.username,
        "is_for_sale": True,
        "price_cents": newer.card["price_cents"],
        "currency": "USD",
        "sales": 0,
        "rating": 0.0,
        "rating_count": 0,
        "published_at": found["results"][0]["published_at"],
        "updated_at": found["results"][0]["updated_at"],
        "thumbnail_url": None,
    }


@pytest.mark.parametrize("sort", ["newest", "price-low", "best-sellers"])
def test_pages_follow_each_other_and_lose_nothing(sites, sort):
    items = _items(7)
    client = ApiClient()
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        found = client.get(f"{ITEMS}&sort={sort}&page_size=3&cursor={cursor}").json()
        seen += [one["id"] for one in found["results"]]
        cursor, pages = found["next_cursor"], pages + 1

    assert pages == 3
    assert sorted(seen) == sorted(item.pk for item in items)


def test_a_category_holds_what_is_below_it(sites):
    line, solid = _items(1)[0], _items(1, category="icons/solid")[0]
    client = ApiClient()

    def ids(category):
        found = client.get(f"{ITEMS}&category={category}").json()
        return {one["id"] for one in found["results"]}

    assert ids("icons/line") == {line.pk}
    assert ids("icons") == {line.pk, solid.pk}
    assert ids("") == {line.pk, solid.pk}  # an empty value counts as absent
    assert client.get(f"{ITEMS}&category=icons/nothing").status_code == 404


BRACKETS = base64.urlsafe_b64encode(b"[" * 2000).decode()


WRONG = (
    "page_size=0", "page_size=101", "page_size=-1", "page_size=x", "page_size=%C2%B2",
    "page_size=99999999999999999999", "cursor=x", "cursor=%00", "cursor=%FF", "cursor=WzFd",
    "cursor=" + BRACKETS, "sort=random", "sort=best-match", "marketplace=shoes", "marketplace=",
)  # fmt: skip


def test_a_wrong_parameter_is_said_to_be(sites):
    for query in WRONG:
        response = ApiClient().get(f"{ITEMS}&{query}")

        assert response.status_code == 400, query
        assert response.json()["error"] == 400
        assert response.json()["description"]


def test_an_empty_parameter_counts_as_absent(sites):
    for query in ("page_size=", "cursor=", "sort=", "category=", "unknown=1"):
        assert ApiClient().get(f"{ITEMS}&{query}").status_code == 200, query


def test_one_item_with_its_licences(sites):
    item = factories.make_item(name="Weather icons", price_cents=1900)

    found = ApiClient().get(f"/rest/v1/items/{item.pk}/").json()

    assert found["description_html"] == "<p>About Weather icons</p>"
    assert found["attributes"] == {"ai_disclosure": "none"}
    assert found["tags"] == ["one", "two", "three"]
    assert found["previews"] == []
    offered = {one["code"]: one["total_cents"] for one in found["licences"]}
    assert offered["standard"] == found["price_cents"]
    assert offered["extended"] > offered["standard"]


def test_an_item_off_sale_says_so(author):
    for status in ("paused", "retired"):
        item = factories.make_item(author=author, status=status)

        found = ApiClient().get(f"/rest/v1/items/{item.pk}/").json()

        assert (found["is_for_sale"], found["licences"]) == (False, [])


def test_an_item_without_a_page_is_not_found(author):
    for status in ("draft", "submitted", "in_review", "suspended"):
        item = factories.make_item(author=author, status=status)

        for path in (f"/rest/v1/items/{item.pk}/", f"/rest/v1/items/{item.pk}/versions/"):
            assert ApiClient().get(path).status_code == 404
    assert ApiClient().get(ITEMS).json()["results"] == []


@pytest.mark.parametrize("item_id", ["0", "999999", "9" * 30, "-1", "x", "1.5"])
def test_an_unknown_item_is_not_found(item_id):
    response = ApiClient().get(f"/rest/v1/items/{item_id}/")

    assert (response.status_code, response.json()["error"]) == (404, 404)


def test_versions_that_are_or_were_on_sale(sites):
    item = factories.make_item()
    ItemVersion.objects.create(item=item, number=2, label="2.0", status="draft")
    ItemVersion.objects.create(
        item=item, number=3, label="3.0", changelog="New.", status="approved",
        approved_at=timezone.now(),
    )  # fmt: skip

    found = ApiClient().get(f"/rest/v1/items/{item.pk}/versions/").json()["results"]

    assert [(one["number"], one["label"]) for one in found] == [(3, "3.0"), (1, "")]
    assert set(found[0]) == {"number", "label", "changelog", "approved_at"}


def test_an_author_in_any_case(author):
    found = ApiClient().get("/rest/v1/authors/AUTHOR/").json()

    assert set(found) == {"username", "display_name", "bio", "country", "member_since"}
    assert (found["username"], found["display_name"]) == ("author", "Studio author")


def test_who_is_no_author_is_not_found(buyer):
    for name in ("buyer", "nobody", "%00", "a" * 3000):
        assert ApiClient().get(f"/rest/v1/authors/{name}/").status_code == 404, name


def test_a_locked_author_is_not_found(author):
    author.is_active = False
    author.save(update_fields=["is_active"])

    assert ApiClient().get("/rest/v1/authors/author/").status_code == 404


def _search(query):
    return ApiClient().get(f"/rest/v1/search/?marketplace=graphics&{query}")


def test_search_finds_by_the_beginnings_of_words(sites):
    items = [factories.make_item(name=f"Weather icons {n}") for n in range(3)]
    factories.make_item(name="Sea shells")
    factories.index()

    first = _search("q=weath&page_size=2").json()
    second = _search(f"q=weath&page_size=2&cursor={first['next_cursor']}").json()

    found = [one["id"] for one in first["results"] + second["results"]]
    assert sorted(found) == sorted(item.pk for item in items)
    assert len(first["results"]) == 2
    assert second["next_cursor"] is None
    assert _search("q=nothing").json() == {"results": [], "next_cursor": None}


def test_while_there_is_no_index_search_is_away(sites):
    response = _search("q=weather")

    assert response.status_code == 503
    assert response.json()["message"] == "Search is away for a moment. Try again."
    assert response["Retry-After"]


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=" + "a" * 201])
def test_a_search_for_nothing_is_refused(query):
    assert _search(query).status_code == 400


def test_a_cursor_of_another_list_is_refused(sites):
    factories.index()

    assert _search("q=a&cursor=x").status_code == 400


def test_lists_take_the_same_queries_for_1_and_100_items(sites, django_assert_num_queries):
    author = factories.make_author()
    client = ApiClient()
    for count in (1, 99):
        _items(count, author=author, name="Weather icons")
        factories.index()
        with django_assert_num_queries(3):  # ids, items, previews
            found = client.get(f"{ITEMS}&page_size=100").json()
        with django_assert_num_queries(4):  # the category too
            client.get(f"{ITEMS}&page_size=100&category=icons/line")
        with django_assert_num_queries(3):  # cards of search, items, previews
            searched = client.get(
                "/rest/v1/search/?marketplace=graphics&q=weather&page_size=100"
            ).json()
        assert len(found["results"]) == len(searched["results"]) == Item.objects.count()


def test_one_item_takes_eight_queries(sites, django_assert_num_queries):
    item = factories.make_item()

    with django_assert_num_queries(8):  # item, previews, six of the offers
        ApiClient().get(f"/rest/v1/items/{item.pk}/")
