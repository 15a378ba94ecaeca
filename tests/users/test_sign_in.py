"""Signing in on `account.`, by e-mail address and password."""

import pytest
from django.test import Client

from market.users import limits, services
from tests.conftest import host_client
from tests.factories import PASSWORD
from tests.users.browsers import is_signed_in, sign_in_to_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Client:
    return host_client("account")


def test_signing_in(account, buyer):
    response = sign_in_to_account(account, "  BUYER@example.com")

    assert response.headers["Location"] == "/"
    assert is_signed_in(account)
    assert account.get("/").status_code == 200


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(account, buyer):
    unknown = sign_in_to_account(account, "nobody@example.com")
    wrong = sign_in_to_account(account, buyer.email, "not the password")

    assert unknown.status_code == wrong.status_code == 422
    assert unknown.context["form"].errors == wrong.context["form"].errors
    assert not is_signed_in(account)


@pytest.mark.parametrize("password", ["", "x" * 1025, "0" * 10**6, "a\0b"])
def test_passwords_that_cannot_be(account, buyer, password):
    assert sign_in_to_account(account, buyer.email, password).status_code == 422


def test_a_locked_account(account, buyer):
    services.lock_account(user=buyer)

    response = sign_in_to_account(account, buyer.email)

    assert response.headers["Location"] == "/inactive/"
    assert account.get("/inactive/").status_code == 200
    assert not is_signed_in(account)


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https:evil", "javascript:alert(1)",
             "https://evil.example/", "http://photos.localhost/"],
)  # fmt: skip
def test_afterwards_the_browser_stays_here(account, buyer, path):
    response = sign_in_to_account(account, buyer.email, next=path)

    assert response.headers["Location"] == "/"


def test_signing_in_gives_the_session_a_new_id(account, buyer):
    session = account.session
    session["fixed"] = "by somebody"
    session.save()
    account.cookies["session"] = session.session_key

    sign_in_to_account(account, buyer.email)

    assert account.cookies["session"].value != session.session_key


def test_pages_that_need_a_person_ask_for_one(account):
    for path in ("/", "/profile/", "/tokens/", "/become-author/", "/password/"):
        assert account.get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_guessing_is_limited_for_each_account_and_address(account, buyer):
    for _ in range(5):
        assert sign_in_to_account(account, buyer.email, "a guess").status_code == 422

    response = sign_in_to_account(account, buyer.email, PASSWORD)

    assert "Too many tries" in response.content.decode()
    assert not is_signed_in(account)


def test_signing_in_rightly_is_not_limited(buyer):
    for _ in range(12):
        account = host_client("account")
        sign_in_to_account(account, buyer.email)
        assert is_signed_in(account)


def test_too_many_sign_ins_from_one_address(account, buyer, settings):
    settings.LIMITS = {**settings.LIMITS, "sign_in_address": "1/60"}

    answers = [sign_in_to_account(account, buyer.email, "a guess") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [422, 429]
    # Until the window of a minute ends.
    assert 1 <= int(answers[1].headers["Retry-After"]) <= 60
    assert "Try again in" in answers[1].content.decode()


@pytest.fixture
def _no_redis(settings):
    limits._local_counts.clear()
    settings.CACHES = {
        "default": {
            **settings.CACHES["default"],
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.2},
        }
    }
    yield
    limits._local_counts.clear()


@pytest.mark.usefixtures("_no_redis")
def test_without_redis_people_sign_in_and_guesses_still_count(account, buyer):
    sign_in_to_account(account, buyer.email)
    assert is_signed_in(account)

    guesser = host_client("account")
    answers = [sign_in_to_account(guesser, buyer.email, "a guess") for _ in range(6)]

    assert ["Too many" in answer.content.decode() for answer in answers] == [False] * 5 + [True]
