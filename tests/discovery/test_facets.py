"""What a search can be narrowed by: counted, chosen in the address, taken back."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from market.discovery.facets.chosen import parameters, read_selection
from market.discovery.facets.offered import Kind, facets_for
from market.discovery.facets.shown import shown_facets
from market.discovery.search.colours import NAMES, name_of
from market.discovery.search.interface import Counts, Range
from market.items.models import ItemDetail, ItemListing
from market.tenancy.registry import marketplace, marketplaces
from tests import factories
from tests.conftest import host_client

PHOTOS = marketplace("photos")
FIRST = "nature/landscapes"


@pytest.fixture
def author(sites):
    return factories.make_author(username="painter")


def photo(author, name, *, category=FIRST, tags=("sea",), sales=0, **attributes):
    item = factories.make_item(
        author=author, site="photos", category=category, name=name, tags=tags
    )
    ItemDetail.objects.filter(item=item).update(attributes=attributes)
    ItemListing.objects.filter(item=item).update(sales=sales)
    return item


def page(**asked):
    response = host_client("photos").get(f"/search/?{urlencode(asked, doseq=True)}")
    assert response.status_code == 200
    return response.content.decode()


def shown(html):
    results = html.split('id="results"')[1].split("What others like")[0]
    return sorted(set(re.findall(r"Lantern [a-z]+", results)))


@pytest.fixture
def shelf(author):
    photo(
        author,
        "Lantern red",
        people="none",
        colours=["#D02020"],
        megapixels="12.5",
        tags=("sea", "red"),
    )
    photo(author, "Lantern blue", people="one", colours=["#2050D0"], megapixels="2.5", sales=60)
    photo(author, "Lantern city", people="one", category="cities-buildings/streets",
          country="NO", black_and_white=True, tags=("street",))  # fmt: skip
    factories.index()


@pytest.mark.smoke
def test_one_of_several_values_will_do(shelf):
    assert shown(page(q="lantern", people="one")) == ["Lantern blue", "Lantern city"]
    assert len(shown(page(q="lantern", people=["one", "none"]))) == 3
    assert shown(page(q="lantern", people="one", country="NO")) == ["Lantern city"]
    assert shown(page(q="lantern", colours="blue")) == ["Lantern blue"]
    assert shown(page(q="lantern", black_and_white="yes")) == ["Lantern city"]
    assert shown(page(people="none")) == ["Lantern red"]  # no words are needed


def test_bounds_narrow_and_change_places_when_they_must(shelf):
    assert shown(page(q="lantern", megapixels_min="3")) == ["Lantern red"]
    assert shown(page(q="lantern", megapixels_min="12,5", megapixels_max="1")) == [
        "Lantern blue",
        "Lantern red",
    ]
    assert shown(page(q="lantern", price_max="1")) == []
    assert len(shown(page(q="lantern", price_min="1", price_max="1000"))) == 3


def test_steps_count_from_their_bound(shelf, author):
    old = photo(author, "Lantern old")
    ItemListing.objects.filter(item=old).update(published_at=timezone.now() - timedelta(days=20))
    factories.index()

    assert shown(page(q="lantern", sales="medium")) == ["Lantern blue"]
    assert "Lantern old" in shown(page(q="lantern", added="month"))
    assert "Lantern old" not in shown(page(q="lantern", added="week"))


def test_tags_with_and_without(shelf):
    assert shown(page(q="lantern", tag="sea")) == ["Lantern blue", "Lantern red"]
    assert shown(page(q="lantern", tag=["sea", "red"])) == ["Lantern red"]
    assert shown(page(q="lantern", not_tag="sea")) == ["Lantern city"]
    assert shown(page(q="lantern", tag="red", not_tag="red")) == ["Lantern blue", "Lantern city"]


def test_each_value_says_how_many_it_would_leave(shelf):
    html = page(q="lantern", people="none")
    facet = html.split('id="facet-people"')[1].split("</details>")[0]

    # Its own choice does not hide the others; another facet's does.
    assert re.findall(r'value="(\w+)"( checked)?>.*?count">(\d+)<', facet) == [
        ("none", " checked", "1"),
        ("one", "", "2"),
    ]
    megapixels = html.split('id="facet-megapixels"')[1].split("</details>")[0]
    assert re.findall(r'count">(\d+)<', megapixels) == ["1"]
    assert "12 – 23 MP" in megapixels
    assert 'id="facet-country"' not in html  # nothing is left to choose


def test_the_tree_counts_what_was_found(shelf):
    tree = page(q="lantern").split('id="list-tree"')[1].split("</ul>")[0]

    assert re.findall(r"<span>([^<]+)</span><span class=\"count\">(\d+)", tree) == [
        ("Nature", "2"),
        ("Cities &amp; Buildings", "1"),
    ]
    assert "category=nature" in tree
    assert shown(page(q="lantern", category="nature")) == ["Lantern blue", "Lantern red"]


def test_every_choice_can_be_taken_back(shelf):
    html = page(
        q="lantern", people="one", megapixels_max=5, tag="sea", not_tag="red", sort="newest"
    )
    choices = html.split('class="choices"')[1].split("</ul>")[0]

    assert choices.count("<li") == 6
    for label in ("“lantern”", "People: one", "Size: … – 5 MP", "Tag: sea", "Without: red"):
        assert label in choices
    without_tag = re.search(r'href="([^"]+)"[^>]*>(?:(?!</a>).)*Tag: sea', choices)[1]
    assert "tag=sea" not in without_tag
    for kept in ("people=one", "megapixels_max=5", "not_tag=red", "q=lantern", "sort=newest"):
        assert kept in without_tag


@pytest.mark.parametrize(
    "query",
    [
        "people=nobody", "people=", "price_min=abc", "price_min=-5", "price_min=1e9",
        "price_min=NaN",
        "price_min=99999999999999999999", "megapixels_min=" + "9" * 300, "sales=nothing",
        "added=century", "licence=%00", "country=%00%F0%9F%A6%8A", "tag=%00", "unknown=1",
        "tag=" + "x" * 3000, "not_tag=%3Cscript%3E", "page=-1", "page=1000000000",
        "&".join(f"country=A{n}" for n in range(200)),
        "&".join(f"tag=t{n}" for n in range(200)),
        "&".join(f"people=one{n}" for n in range(200)),
        "price_min=1&price_min=2&price_max=0",
    ],
)  # fmt: skip
def test_bad_choices_are_left_out_or_find_nothing(shelf, query):
    response = host_client("photos").get(f"/search/?q=lantern&{query}")

    assert response.status_code == 200
    assert "<script>" not in response.content.decode().split("<main")[1].split("facets")[0]


@pytest.mark.parametrize("site", [one.slug for one in marketplaces()])
def test_every_facet_of_every_marketplace_can_be_asked_for(sites, site):
    factories.index()
    shop = marketplace(site)
    given = {}
    for facet in facets_for(shop):
        if facet.kind is Kind.RANGE:
            given |= {f"{facet.key}_min": ["1"], f"{facet.key}_max": ["2"]}
        else:
            given[facet.key] = [facet.options[0].value if facet.options else "NO"]
    assert set(given) | {"tag", "not_tag"} == set(parameters(shop))
    for name, values in given.items():
        response = host_client(site).get(f"/search/?{urlencode({name: values[0]})}")
        assert response.status_code == 200, name
        selection = read_selection(shop, {name: values})
        assert selection
        assert selection.pairs() == [(name, values[0])]


def test_parameters_of_facets_are_no_others(sites):
    for shop in marketplaces():
        names = list(parameters(shop))
        assert len(names) == len(set(names))
        assert not {"q", "category", "sort", "after", "before"} & set(names)


def test_an_address_says_the_same_choice_in_one_way():
    one = read_selection(PHOTOS, {"people": ["one", "none"], "tag": ["B", "a", "a"]})
    other = read_selection(PHOTOS, {"tag": ["a", "b"], "people": ["none", "one", "one"]})

    assert one == other
    assert one.pairs() == [("people", "none"), ("people", "one"), ("tag", "a"), ("tag", "b")]


def test_a_kept_page_knows_its_choices_apart(shelf, settings):
    settings.PAGE_CACHE_SECONDS = 60
    client = host_client("photos")

    def asked(query):
        return shown(client.get(f"/search/?{query}").content.decode())

    assert asked("q=lantern&people=one") == ["Lantern blue", "Lantern city"]
    assert asked("q=lantern&people=none") == ["Lantern red"]
    assert len(asked("q=lantern&people=none&people=one")) == 3


def test_lists_offer_the_filters_of_their_category(shelf):
    category = host_client("photos").get("/category/nature/").content.decode()

    assert 'id="facet-people"' in category
    assert '<input type="hidden" name="category" value="nature">' in category
    assert 'action="/search/"' in category.split('id="facets"')[1][:200]


def test_filters_without_words_stay_in_the_category(shelf):
    assert shown(page(category="nature", people="one")) == ["Lantern blue"]


def test_what_is_free_now_is_on_sale(shelf, author):
    given = photo(author, "Lantern free")
    ItemListing.objects.filter(item=given).update(price_cents=0)
    factories.index()

    assert shown(page(q="lantern", on_sale="yes")) == ["Lantern free"]


@pytest.mark.parametrize(
    ("colour", "name"),
    [("#FF0000", "red"), ("#000000", "black"), ("#FFFFFF", "white"), ("#808080", "grey"),
     ("#1E90FF", "blue"), ("#00FF00", "green"), ("#FFA500", "orange"), ("#8B4513", "brown"),
     ("#FFFF00", "yellow"), ("#FF69B4", "pink"), ("#800080", "purple"), ("#008B8B", "teal")],
)  # fmt: skip
def test_colours_have_the_names_that_people_use(colour, name):
    assert name_of(colour) == name
    assert name in NAMES


def test_a_range_that_nothing_is_in_is_not_offered():
    counts = Counts(steps={"pixel_width": {0.0: 0}}, groups={})
    keys = {one.key for one in shown_facets(PHOTOS, read_selection(PHOTOS, {}), counts)}

    assert "pixel_width" not in keys
    assert read_selection(PHOTOS, {"pixel_width_min": ["5"]}).ranges == {"pixel_width": Range(5)}


def test_an_items_number_or_address_leads_to_it(shelf, author):
    item = photo(author, "Lantern direct")
    client = host_client("photos")

    for text in (str(item.pk), f"#{item.pk}", f"http://photos.localhost/items/x/{item.pk}/?a=b"):
        response = client.get("/search/", {"q": text})
        assert response.status_code == 302, text
        assert response["Location"].endswith(f"/items/{item.slug}/{item.pk}/")
    assert client.get("/search/", {"q": "999999999999"}).status_code == 200
