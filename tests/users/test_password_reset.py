"""A forgotten password: the link works once, and only from our own host."""

import pytest
from django.test import Client

from market.jobs import services as jobs
from market.tenancy import hosts
from tests.conftest import host_client
from tests.factories import PASSWORD
from tests.users.browsers import (
    is_signed_in,
    link_in,
    path_of,
    sent_mail,
    sign_in_to_account,
)

pytestmark = pytest.mark.django_db
NEW = "quite another sentence"


@pytest.fixture
def account() -> Client:
    return host_client("account")


@pytest.fixture
def site(buyer) -> Client:
    return host_client("photos", buyer)


@pytest.fixture
def link(account, buyer, site) -> str:  # after signing in, which makes older links void
    account.post("/password/reset/", {"email": buyer.email.upper()})
    return path_of(link_in(sent_mail()))


def choose(account: Client, link: str, password: str = NEW):
    form = account.get(link)
    assert form.status_code == 302
    return account.post(form.headers["Location"], {"password1": password})


def test_a_new_password_ends_all_sessions(account, buyer, site, link):
    response = choose(account, link)

    assert account.get(response.headers["Location"]).status_code == 200
    assert not is_signed_in(site)
    assert not is_signed_in(account)
    assert sign_in_to_account(account, buyer.email).status_code == 422
    sign_in_to_account(account, buyer.email, NEW)
    assert is_signed_in(account)
    assert "changed" in sent_mail().subject


def test_the_link_works_once(account, link):
    choose(account, link)

    response = host_client("account").get(link)

    assert response.status_code == 404
    assert b"Send me a new link" in response.content


def test_a_scanner_that_opens_the_link_uses_nothing_up(account, buyer, link):
    scanner = host_client("account")
    scanner.get(scanner.get(link).headers["Location"])

    assert choose(account, link).status_code == 302
    buyer.refresh_from_db()
    assert buyer.check_password(NEW)


@pytest.mark.parametrize("password", ["short", "x" * 1025, "buyer@example.com"])
def test_a_bad_password_is_refused_and_the_link_goes_on_working(account, buyer, link, password):
    assert choose(account, link, password).status_code == 422

    buyer.refresh_from_db()
    assert buyer.check_password(PASSWORD)
    assert choose(account, link).status_code == 302


def test_an_expired_link(account, link, settings):
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert account.get(link).status_code == 404


@pytest.mark.parametrize("path", ["/password/reset/1-abc-def/", "/password/reset/zzzz-x-y/"])
def test_a_made_up_link(account, path):
    assert account.get(path).status_code == 404


def test_an_unknown_address_gets_the_same_answer_and_another_mail(account, buyer):
    unknown = account.post("/password/reset/", {"email": "nobody@example.com"})
    message = sent_mail()
    known = account.post("/password/reset/", {"email": buyer.email})

    assert (unknown.status_code, unknown.headers["Location"]) == (
        known.status_code,
        known.headers["Location"],
    )
    assert message.to == ["nobody@example.com"]
    assert "There is no account" in message.body


def test_the_link_leads_to_our_host_whatever_the_browser_says(account, buyer):
    account.post(
        "/password/reset/",
        {"email": buyer.email},
        headers={"Host": "account.localhost:666", "X-Forwarded-Host": "evil.example"},
    )

    assert link_in(sent_mail()).startswith(f"{hosts.origin('account')}/")


def test_an_address_with_a_second_header_gets_no_mail(account):
    response = account.post("/password/reset/", {"email": "a@b.org\r\nBcc: c@d.org"})

    assert response.status_code == 422
    assert jobs.run_ready() == 0
