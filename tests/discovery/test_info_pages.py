"""About, help, terms and their like: each site has them in its own nouns, and they are true."""

import re

import pytest

from market.discovery.info import INFO_PAGES
from market.payments.models import AuthorFeeRate
from market.tenancy.registry import marketplaces
from tests.conftest import host_client

SLUGS = [page.slug for page in INFO_PAGES]


@pytest.mark.parametrize("site", [site.slug for site in marketplaces()])
def test_each_site_has_each_page_in_its_own_name(sites, site):
    client = host_client(site)
    for page in INFO_PAGES:
        response = client.get(f"/page/{page.slug}/")

        assert response.status_code == 200
        assert f"<h1>{page.title}</h1>" in response.content.decode()


def test_a_page_that_there_is_not_is_not_found(sites):
    assert host_client("photos").get("/page/no-such/").status_code == 404


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_asks_twice_whatever_it_says(sites, slug, django_assert_num_queries):
    client = host_client("audio")
    with django_assert_num_queries(2):
        client.get(f"/page/{slug}/")


def test_pages_link_only_to_what_is_there(sites):
    client = host_client("themes")
    for slug in SLUGS:
        page = client.get(f"/page/{slug}/").content.decode()
        for path in set(re.findall(r'href="(/[^"#?]*)', page)) - {"/cart/", "/sign-in/"}:
            if not path.startswith("/static/"):
                assert client.get(path).status_code == 200, path


def test_help_speaks_of_its_own_goods_and_limits(sites):
    page = host_client("photos").get("/page/help/").content.decode()

    assert "The right to use a photo in the way that its licence allows" in page
    assert "Up to 20 times an item within 24 hours" in page
    assert "On Photo Shelf our aim is 3 days" in page
    assert "$1 of the price are the buyer fee" in page
    assert "On Photo Shelf items come without promised support" in page


def test_support_is_promised_where_it_is_given(sites):
    page = host_client("code").get("/page/help/").content.decode()

    assert "for 6 months from the purchase" in page


def test_the_fees_are_those_of_the_table_in_force(sites):
    AuthorFeeRate.objects.filter(is_exclusive=True, from_lifetime_cents=0).update(rate_bp=3000)

    page = host_client("graphics").get("/page/selling/").content.decode()

    assert "<td>$0</td>" in page
    assert '<td class="num">30%</td>' in page
    assert '<td class="num">12.5%</td>' in page
    assert "It clears after 30 days" in page
    assert "Payouts begin at $50" in page


def test_the_operator_is_named(sites, settings):
    settings.OPERATOR_NAME = "Shelf & Sons"
    settings.OPERATOR_ADDRESS = "1 Harbour Road, Anytown"
    settings.CONTACT_EMAIL = "desk@example.com"

    for slug in ("terms", "privacy", "contact"):
        page = host_client("video").get(f"/page/{slug}/").content.decode()

        assert "Shelf &amp; Sons<br>1 Harbour Road, Anytown" in page
        assert "mailto:desk@example.com" in page


def test_the_trial_is_said_to_be_one(sites, settings):
    assert "no real money is taken" in host_client("video").get("/page/refunds/").content.decode()
