"""An author's page: who it is, and what there is to buy, here and on the other marketplaces."""

import pytest
from django.utils.html import escape

from market.items.models import ItemListing, ItemStats, author_node
from market.items.services import publishing
from market.users import services as users
from market.users.models import Profile
from tests import factories
from tests.conftest import host_client


@pytest.fixture
def painter(sites):
    return factories.make_author(username="painter")


def see(query="", site="graphics"):
    return host_client(site).get(f"/authors/painter/{query}").content.decode()


def test_it_says_who_it_is_and_how_it_sells(painter):
    one = factories.make_item(author=painter)
    other = factories.make_item(author=painter, site="photos", category="nature/landscapes")
    ItemStats.objects.filter(item=one).update(sales=1200, rating_sum=9, rating_count=2)
    ItemStats.objects.filter(item=other).update(sales=34, rating_sum=2, rating_count=1)
    Profile.objects.update(country="JP", bio="Lines & dots")

    page = see()

    assert "<dd>1,234</dd>" in page
    assert "3.7</span>" in page
    assert "by 3 buyers" in page
    assert "Japan" in page
    assert "Lines &amp; dots" in page
    assert "http://photos.localhost/authors/painter/" in page


@pytest.mark.parametrize("name", ["مصمم الأيقونات", "日本の作家", "👩‍🎨 Ida", "W" * 80, "<i>x</i>"])
def test_any_name_is_shown(painter, name):
    Profile.objects.update(display_name=name)

    page = see()

    assert f'<h1 dir="auto">{escape(name)}</h1>' in page


def test_items_are_sorted_and_turned_like_any_list(painter):
    factories.make_item(author=factories.make_author(), name="Not hers", price_cents=1000)
    for number in range(33):
        factories.make_item(
            author=painter, name=f"Picture {number:02}", price_cents=1000 + 100 * number
        )

    cheap = see("?sort=price-low")
    more = cheap.split('rel="next" href="')[-1].split('"')[0].replace("&amp;", "&")
    rest = host_client("graphics").get(more).content.decode()

    assert "Not hers" not in cheap
    assert cheap.index("Picture 00") < cheap.index("Picture 01")
    assert "Picture 32" in rest
    assert "Picture 00" not in rest
    assert see("?sort=price-high").index("Picture 32") > 0


@pytest.mark.parametrize("query", ["?after=x", "?sort=newest&after=WzEsMl0", "?before=%00"])
def test_a_forged_place_leads_to_the_first_page(painter, query):
    answer = host_client("graphics").get(f"/authors/painter/{query}")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/authors/painter/"


def test_who_sells_elsewhere_only_is_said_to(painter):
    factories.make_item(author=painter, site="photos", category="nature/landscapes")

    page = see()

    assert "Nothing on Graphics Shelf yet" in page
    assert "sells on the marketplaces above" in page
    assert "http://photos.localhost/authors/painter/" in page


def test_who_sells_nothing_is_said_to(painter):
    assert "has nothing on sale at the moment" in see()


def test_a_locked_account_has_no_page(painter):
    users.lock_account(user=painter)

    assert host_client("graphics").get("/authors/painter/").status_code == 404


def test_items_of_before_are_shown_until_their_cards_are_made_anew(painter):
    item = factories.make_item(author=painter, name="An older one")
    ItemListing.objects.filter(node_id=author_node(painter.pk)).delete()

    assert "An older one" in see()
    publishing.remake_cards()

    assert ItemListing.objects.filter(item=item, node_id=author_node(painter.pk)).exists()
    assert "An older one" in see()
