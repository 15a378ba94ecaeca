"""Every failure has a page with a way on, in the colours of its host."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.test import override_settings
from django.urls import set_urlconf

from market.core.middleware import FailureMiddleware
from market.core.views import bad_request, denied, not_found, server_error, too_many
from market.tenancy import hosts
from market.tenancy.registry import marketplace
from tests.conftest import host_client

PAGE_HOSTS = {
    "photos": "/signed-out/",
    "account": "/signed-out/",
    "staff": "/signed-out/",
    "files": "/download/x/",
}
CARRIERS = [
    "market.ops.middleware.RequestLogMiddleware",
    "market.tenancy.middleware.HostMiddleware",
]


class Crash:
    """Fails at every address that there is."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, *arguments):
        raise RuntimeError("broken")


@pytest.fixture(autouse=True)
def _own_urls():
    yield
    set_urlconf(None)


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


def crash(*arguments, **named):
    raise RuntimeError("broken")


# Without the `db` fixture a query fails the test.
@pytest.mark.parametrize("host", PAGE_HOSTS)
def test_the_page_for_a_crash_asks_nothing_and_can_be_told_about(host):
    client = host_client(host)
    client.raise_request_exception = False
    with override_settings(MIDDLEWARE=[*CARRIERS, "tests.core.test_error_pages.Crash"]):
        response = client.get(PAGE_HOSTS[host])

    page = response.content.decode()
    assert response.status_code == 500
    assert "broke on our side" in page
    assert response.headers["X-Request-ID"] in page
    assert response.headers["Cache-Control"] == "no-store"
    assert ("/static/sites/photos/theme.css" in page) == (host == "photos")


def test_without_even_a_template_a_few_words_are_left(rf, monkeypatch):
    monkeypatch.setattr("market.core.failures.render_to_string", crash)
    request = rf.get("/")
    request.request_id = "<abc>"

    response = server_error(request)

    assert response.status_code == 500
    assert "broke on our side" in response.content.decode()
    assert "&lt;abc&gt;" in response.content.decode()


@pytest.mark.parametrize("host", PAGE_HOSTS)
def test_the_page_for_an_absent_database_asks_the_database_nothing(rf, host):
    request = _request(rf, host, path="/a/page/?q=1")
    del request.user

    response = FailureMiddleware(crash).process_exception(request, OperationalError(2002, "gone"))

    page = response.content.decode()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Back in a moment" in page
    assert 'href="/a/page/?q=1"' in page
    assert "the-request-id" in page


@pytest.mark.parametrize("host", PAGE_HOSTS)
@pytest.mark.parametrize(
    ("view", "status", "words"),
    [(bad_request, 400, "did not understand"), (denied, 403, "cannot open that"),
     (not_found, 404, "not on the shelf")],
)  # fmt: skip
def test_each_refusal_has_a_page_with_a_way_on(db, rf, host, view, status, words):
    request = _request(rf, host)

    response = view(request, Exception())

    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert "the-request-id" in page
    assert "no-store" in response.headers["Cache-Control"]
    assert f"{hosts.origin('account')}/" in page or 'href="/"' in page


def test_too_often_says_when_to_try_again(db, rf):
    request = _request(rf, "account")

    seconds, minutes = (too_many(request, wait_seconds=wait) for wait in (42, 130))

    assert seconds.status_code == 429
    assert seconds.headers["Retry-After"] == "42"
    assert "Try again in 42 seconds." in seconds.content.decode()
    assert "Try again in 3 minutes." in minutes.content.decode()


def test_a_lost_visitor_of_a_marketplace_is_offered_search_and_categories(db):
    page = host_client("code").get("/no/such/page/").content.decode()

    assert 'action="/search/"' in page
    for top in marketplace("code").categories:
        assert f'href="/category/{top.path}/"' in page


def _request(rf, host, path="/"):
    request = rf.get(path)
    request.host = hosts.host(host)
    request.marketplace = request.host.marketplace
    request.user = AnonymousUser()
    request.request_id = "the-request-id"
    request._messages = ()
    set_urlconf(request.host.urlconf)
    return request
