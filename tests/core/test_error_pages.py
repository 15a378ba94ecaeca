"""Every failure has a page with a way on, in the colours of its host."""

import pytest
from django.template.loader import render_to_string
from django.test import override_settings

from market.tenancy import hosts
from tests.conftest import host_client


@pytest.mark.parametrize("host", ["photos", "account", "staff"])
def test_an_unknown_address_is_a_page_of_its_host(db, host):
    response = host_client(host).get("/no/such/page/")

    assert response.status_code == 404
    assert "not on the shelf" in response.content.decode()
    assert ("/static/sites/photos/theme.css" in response.content.decode()) == (host == "photos")


def test_an_unknown_host_is_told_so_and_shown_a_way_on():
    client = host_client("photos")

    response = client.get("/", headers={"host": "elsewhere.example"})

    page = response.content.decode()
    assert response.status_code == 421
    assert "no shop at this address" in page
    assert f'href="{hosts.origin("photos")}/"' in page
    # Nothing is served at the unknown host itself: each address names one of ours.
    assert 'href="/' not in page


def test_the_page_for_a_crash_needs_no_request():
    assert "broke on our side" in render_to_string("500.html")


@pytest.mark.parametrize("host", ["photos", "account"])
def test_the_page_for_an_absent_database_asks_the_database_nothing(rf, host):
    # No `db` fixture: a query would fail this test.
    request = rf.get("/")
    request.host = hosts.host(host)
    request.marketplace = request.host.marketplace
    with override_settings(ROOT_URLCONF=request.host.urlconf):
        page = render_to_string("503.html", request=request)

    assert "Back in a moment" in page
