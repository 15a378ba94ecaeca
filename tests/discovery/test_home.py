"""The home page: a site's own slots, categories without gaps, shelves that do not repeat."""

import pytest
from django.template import engines

from market.core.templatetags.icons import icon
from market.discovery.selectors.home import home
from market.items.models import Item
from market.tenancy.registry import marketplace, marketplaces
from tests import factories
from tests.conftest import host_client


@pytest.fixture
def graphics(sites):
    return marketplace("graphics")


def put_on_sale(number):
    painter = factories.make_author(username="painter")
    for index in range(number):
        factories.make_item(author=painter, name=f"Item {index}")


def test_every_site_has_a_stage_of_its_own_with_its_name_and_search(sites):
    stages = set()
    for shop in marketplaces():
        page = host_client(shop.slug).get("/").content.decode()
        stage = engines["django"].engine.get_template(f"{shop.slug}/slots/home_stage.html")

        assert f"<h1>{shop.tagline}</h1>" in page
        assert 'id="stage-search"' in page
        stages.add(stage.source)
    assert len(stages) == len(marketplaces())


def test_a_slot_falls_back_to_what_all_share(sites):
    template = engines["django"].from_string('[{% load assets %}{% site_slot "home_last_tile" %}]')
    shared = [template.render({"marketplace": marketplace("audio")}), template.render({})]
    own = host_client("themes").get("/").content.decode()

    assert [one.split() for one in shared] == [["[", "]"], ["[", "]"]]
    assert 'href="/search/">All themes</a>' in own.partition('<ul class="tiles">')[2]


def test_every_top_level_category_is_there_with_an_icon_while_it_has_no_item(sites):
    for shop in marketplaces():
        page = host_client(shop.slug).get("/").content.decode()

        for top in shop.categories:
            assert "<path" in icon(top.icon), f"{shop.slug}: {top.slug}"
            assert f'href="/category/{top.path}/"' in page


@pytest.mark.parametrize("number", [8, 9, 40])
def test_no_item_stands_on_two_shelves(graphics, number):
    put_on_sale(number)
    shown = home(graphics)

    on_shelves = [item.pk for shelf in shown.shelves for item in shelf.items]
    assert len(set(on_shelves)) == len(on_shelves)
    assert not {item.pk for item in shown.stage} & {item.pk for item in shown.shelves[0].items}
    assert len(shown.stage) == 4


def test_few_items_make_one_shelf_of_all(graphics):
    put_on_sale(3)
    shown = home(graphics)

    assert [len(shelf.items) for shelf in shown.shelves] == [3]


def test_a_shelf_that_would_show_the_same_again_is_left_out(graphics):
    put_on_sale(8)

    assert [len(shelf.items) for shelf in home(graphics).shelves] == [4, 4]


def test_what_the_window_shows_stands_on_no_shelf(graphics):
    put_on_sale(9)
    picked = Item.objects.order_by("pk")[:2]
    for item in picked:
        factories.make_promotion(item=item, kind="featured_item")

    on_shelves = {item.pk for shelf in home(graphics).shelves for item in shelf.items}

    assert len(on_shelves) == 7
    assert not on_shelves & {item.pk for item in picked}


def test_a_home_without_anything_left_for_a_shelf_is_not_called_empty(graphics):
    put_on_sale(8)
    for item in Item.objects.order_by("pk")[:6]:
        factories.make_promotion(item=item, kind="featured_item")

    page = host_client("graphics").get("/").content.decode()

    assert not home(graphics).shelves
    assert "being stocked" not in page
