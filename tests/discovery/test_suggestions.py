"""What the search field offers while somebody types."""

import time

import pytest

from tests import factories
from tests.conftest import host_client


@pytest.fixture
def shelf(sites):
    painter = factories.make_author(username="painter")
    made = factories.make_item(author=painter, name="Lantern icons", tags=("Light", "line art"))
    factories.make_item(author=painter, name="Paper boat", tags=("Light", "sea"))
    factories.index()
    return made


def offered(text, site="graphics"):
    response = host_client(site).get("/search/suggest", {"q": text})
    assert response.status_code == 200
    groups = response.json()["groups"]
    return {one["label"]: [option["text"] for option in one["options"]] for one in groups}


@pytest.mark.smoke
def test_items_categories_tags_and_authors_are_offered(shelf):
    assert offered("lant") == {"Items": ["Lantern icons"]}
    assert offered("li") == {
        "Items": ["Lantern icons", "Paper boat"],
        "Categories": ["Line"],
        "Tags": ["light", "line art"],
    }
    assert offered("pain")["Authors"] == ["Studio painter"]
    assert offered("studio pain")["Authors"] == ["Studio painter"]


def test_each_leads_where_it_says(shelf):
    client = host_client("graphics")
    for text in ("lantern", "icons", "light", "painter"):
        for group in client.get("/search/suggest", {"q": text}).json()["groups"]:
            for option in group["options"]:
                assert client.get(option["address"]).status_code == 200, option


@pytest.mark.parametrize(
    "text", ["", "l", " ", "\x00", "%", "🦊", "x" * 5000, '">qx', "a b c " * 99]
)
def test_too_little_or_too_much_offers_nothing(shelf, text):
    assert offered(text) == {}


def test_other_marketplaces_keep_theirs(shelf):
    assert "Items" not in offered("lantern", site="photos")
    assert "Authors" not in offered("painter", site="photos")


def test_while_search_is_away_the_field_works_without(sites):
    response = host_client("graphics").get("/search/suggest", {"q": "lantern"})

    assert response.status_code == 503
    assert response.json() == {"groups": []}


def test_it_answers_within_fifty_milliseconds_by_two_queries(shelf, django_assert_num_queries):
    client = host_client("graphics")
    client.get("/search/suggest?q=paint")
    with django_assert_num_queries(2):
        client.get("/search/suggest?q=painte")

    times = []
    for text in ("lan", "lant", "lante"):
        started = time.perf_counter()
        client.get("/search/suggest", {"q": text})
        times.append(time.perf_counter() - started)

    assert min(times) < 0.05


def test_the_field_says_where_to_ask(shelf):
    page = host_client("graphics").get("/").content.decode()

    assert 'data-suggest="/search/suggest"' in page
