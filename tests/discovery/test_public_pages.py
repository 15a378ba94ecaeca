"""The contract of public pages: the same bytes for everybody, kept by anyone, nothing personal."""

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse

from market.discovery.errors import PublicPageLeak
from market.discovery.public import public_page
from market.tenancy.registry import marketplaces
from tests import factories
from tests.conftest import host_client


def addresses(item):
    return [
        "/",
        f"/category/{item.category.path}/",
        "/search/?q=item",
        "/search/",
        f"/items/{item.slug}/{item.pk}/",
        f"/authors/{item.author.username}/",
        "/licences/",
        "/licences/standard/",
        "/licences/adviser/?for=icons&products=1&sale=paid",
        f"/items/{item.slug}/{item.pk}/?licence=extended&stars=5&products=1&sale=free",
    ]


@pytest.fixture
def item(sites):
    made = factories.make_item()
    factories.index()
    return made


def test_a_public_page_may_be_kept_by_anyone_and_sets_no_cookie(item):
    for address in addresses(item):
        response = host_client("graphics").get(address)

        assert response.status_code == 200, address
        assert response["Cache-Control"] == (
            "public, max-age=0, s-maxage=30, stale-while-revalidate=60"
        )
        assert not response.cookies, address
        assert "cookie" not in response.get("Vary", "").lower(), address


def test_a_signed_in_visitor_gets_the_same_bytes_as_nobody(item):
    buyer = factories.make_user(username="zaphod")
    for address in addresses(item):
        as_nobody = host_client("graphics").get(address)
        as_buyer = host_client("graphics", buyer).get(address)

        assert as_buyer.content == as_nobody.content, address
        assert buyer.username not in as_buyer.content.decode(), address
        assert "csrfmiddlewaretoken" not in as_buyer.content.decode(), address


def test_nobody_asks_the_database_who_the_visitor_is(buyer, django_assert_num_queries):
    client = host_client("graphics", buyer)

    with django_assert_num_queries(0):
        assert client.get("/licences/").status_code == 200


def test_a_page_that_has_not_changed_is_not_sent_again(item):
    client = host_client("graphics")
    for address in addresses(item):
        first = client.get(address)
        again = client.get(address, headers={"If-None-Match": first["ETag"]})

        assert again.status_code == 304, address
        assert again.content == b""
        assert again["Cache-Control"] == first["Cache-Control"]


def test_a_public_page_that_looks_at_the_person_fails_loudly(item, rf):
    @public_page
    def leaks(request):
        return HttpResponse(f"{request.session.get('name')}")

    request = rf.get("/")
    request.session = SessionStore()
    with pytest.raises(PublicPageLeak, match="the session"):
        leaks(request)


def test_a_broken_token_of_before_changes_nothing(item):
    client = host_client("graphics")
    client.cookies[settings.CSRF_COOKIE_NAME] = "broken"
    for address in addresses(item):
        response = client.get(address)

        assert response.status_code == 200, address
        assert not response.cookies


def test_only_reading_is_answered(item):
    for address in addresses(item):
        assert host_client("graphics").post(address).status_code in (403, 405), address


def test_every_marketplace_has_an_own_front_page(sites):
    for site in marketplaces():
        page = host_client(site.slug).get("/").content.decode()

        assert f"{site.tagline}</h1>" in page
        assert f'data-card="{site.card}"' in page
        assert f"/static/sites/{site.slug}/theme.css" in page
        for other in marketplaces():
            assert other.name in page
        assert "being stocked" in page
