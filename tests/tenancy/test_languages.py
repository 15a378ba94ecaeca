"""The visitor's language is the first part of the path, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from market.tenancy import hosts
from market.tenancy.languages import path_in
from market.tenancy.registry import marketplaces
from tests import factories
from tests.conftest import host_client

SITES = [site.slug for site in marketplaces()]


@pytest.fixture
def item(sites: None):
    return factories.make_item(site="graphics", category="icons/line", name="Line icons")


@pytest.mark.parametrize("site", SITES)
def test_each_language_has_an_address_of_its_own(site, sites):
    client = host_client(site)
    english, german = client.get("/"), client.get("/de/")

    assert '<html lang="en" dir="ltr"' in english.text
    assert '<html lang="de" dir="ltr"' in german.text
    assert english["ETag"] != german["ETag"]
    for response in (english, german):
        varies = response.get("Vary", "").lower()
        assert "accept-language" not in varies
        assert "cookie" not in varies
        assert "Content-Language" not in varies


def test_neither_a_header_nor_a_cookie_chooses(sites):
    client = host_client("photos")
    client.cookies["django_language"] = "de"

    response = client.get("/", headers={"Accept-Language": "de-DE,de;q=0.9"})

    assert '<html lang="en"' in response.text


def test_links_stay_in_the_language_across_hosts(item):
    page = host_client("graphics").get(f"/de/items/{item.slug}/{item.pk}/")

    assert f'"/de/items/{item.slug}/{item.pk}/buy/' in page.text
    assert f"{hosts.origin('account')}/de/library/" in page.text
    assert f"{hosts.origin('photos')}/de/" in page.text


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/en/", "/"),
        ("/en/licences/?a=b", "/licences/?a=b"),
        ("/en//evil.example/", "/evil.example/"),
        ("/en///evil.example/", "/evil.example/"),
        ("/en/%5Cevil.example/", "/%5Cevil.example/"),
    ],
)
def test_english_has_one_address(sites, address, leads_to):
    response = host_client("photos").get(address)

    assert response.status_code == 301
    assert response["Location"] == leads_to


@pytest.mark.parametrize("address", ["/fr/", "/DE/", "/de-at/", "/de/de/", "/de/no/such/"])
def test_an_unknown_language_is_not_found(sites, address):
    assert host_client("photos").get(address).status_code == 404


def test_a_forgotten_slash_is_put_behind_the_language(sites):
    response = host_client("photos").get("/de")

    assert (response.status_code, response["Location"]) == (301, "/de/")


@pytest.mark.parametrize(("host_key", "address"), [("api", "/de/v1/"), ("files", "/de/live/x")])
def test_hosts_for_programs_have_no_languages(sites, host_key, address):
    assert host_client(host_key).get(address).status_code == 404


def test_gateways_report_to_one_address():
    with translation.override("de"):
        path = reverse("gateways:webhook", urlconf="market.urls.account", args=["sandbox"])

    assert path == "/payments/webhooks/sandbox/"


def test_a_language_ends_with_its_request(sites):
    host_client("photos").get("/de/")

    assert translation.get_language() == "en"


@pytest.mark.parametrize(
    ("language", "path", "other"),
    [
        ("de", "/", "/de/"),
        ("de", "/cart/?a=/de/", "/de/cart/?a=/de/"),
        ("en", "/de/cart/", "/cart/"),
        ("en", "/de/", "/"),
        ("en", "/de//evil.example/", "/evil.example/"),
        ("de", "/designs/", "/de/designs/"),
    ],
)
def test_the_same_page_in_another_language(language, path, other):
    assert path_in(language, path) == other


def test_signing_in_keeps_the_language(sites):
    user = factories.make_user(username="lena")
    photos, account = host_client("photos"), host_client("account", user)

    start = photos.get("/de/sign-in/?next=/de/cart/")
    assert start["Location"].startswith(f"{hosts.origin('account')}/de/sign-in/start/?")
    code = account.get(start["Location"].removeprefix(hosts.origin("account")))
    assert code["Location"].startswith(f"{hosts.origin('photos')}/de/sign-in/return/?")
    back = photos.get(code["Location"].removeprefix(hosts.origin("photos")))

    assert back["Location"] == "/de/cart/"


def test_signing_in_without_an_aim_leads_home_in_the_language(sites):
    user = factories.make_user(username="lena")

    response = host_client("photos", user).get("/de/sign-in/?next=https://evil.example/")

    assert response["Location"] == "/de/"


def test_who_must_sign_in_does_it_in_the_language(sites):
    response = Client(SERVER_NAME=hosts.host("account").name).get("/de/library/")

    assert response["Location"] == "/de/sign-in/?next=/de/library/"


def test_the_menu_leads_to_the_same_page(sites):
    page = host_client("photos").get("/de/search/?q=tree&sort=newest")

    assert 'href="/search/?q=tree&amp;sort=newest" lang="en" hreflang="en"' in page.text
    assert 'href="/de/search/?q=tree&amp;sort=newest" lang="de" hreflang="de"' in page.text


def test_the_menu_of_an_unknown_page_leads_home(sites):
    page = host_client("photos").get("/de/no/such/")

    assert 'href="/" lang="en"' in page.text


def test_the_menu_of_what_was_posted_leads_to_its_form(sites):
    page = host_client("account").post(
        "/de/sign-in/",
        {"login": "nobody", "password": "wrong"},
        headers={"Referer": f"http://{hosts.host('account').name}/de/sign-in/?next=/de/"},
    )

    assert page.status_code == 422
    assert 'href="/sign-in/?next=/de/" lang="en"' in page.text


@pytest.mark.parametrize("before", ["", "https://evil.example/x", "http://account.localhost.evil/"])
def test_a_stranger_page_before_is_not_linked(sites, before):
    page = host_client("account").post("/de/sign-in/", {}, headers={"Referer": before})

    assert 'href="/" lang="en"' in page.text


def test_a_choice_on_the_account_is_kept(sites):
    user = factories.make_user(username="lena")

    response = host_client("account", user).post(
        "/language/", {"language": "de", "next": "/de/library/"}
    )

    user.refresh_from_db()
    assert (response["Location"], user.language) == ("/de/library/", "de")


@pytest.mark.parametrize("code", ["fr", "", "x" * 100])
def test_an_unknown_choice_changes_nothing(sites, code):
    user = factories.make_user(username="lena")

    response = host_client("account", user).post(
        "/language/", {"language": code, "next": "//evil.example/"}
    )

    user.refresh_from_db()
    assert (response["Location"], user.language) == ("/", "en")


def test_looking_at_a_page_chooses_nothing(sites):
    user = factories.make_user(username="lena")

    host_client("account", user).get("/de/library/")

    user.refresh_from_db()
    assert user.language == "en"
