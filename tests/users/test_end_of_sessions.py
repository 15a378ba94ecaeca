"""What ends the sessions of a person on all hosts at their next request."""

import pytest
from django.test import Client

from market.tenancy.registry import marketplaces
from market.users import services
from market.users.models import SignInCode
from tests.conftest import host_client
from tests.factories import PASSWORD
from tests.users.browsers import is_signed_in

pytestmark = pytest.mark.django_db
EVERYWHERE = [*(site.slug for site in marketplaces()), "account", "staff"]


@pytest.fixture
def browsers(buyer) -> list[Client]:
    clients = [host_client(key, buyer) for key in EVERYWHERE]
    assert all(is_signed_in(client) for client in clients)
    return clients


def test_signing_out_everywhere(browsers, buyer):
    account = browsers[EVERYWHERE.index("account")]

    response = account.post("/sign-out/everywhere/")

    assert response.headers["Location"] == "/sign-in/"
    assert not any(is_signed_in(client) for client in browsers)
    assert account.get("/sign-out/everywhere/").status_code == 405


def test_a_locked_account_stays_signed_out_after_it_is_unlocked(browsers, buyer):
    services.lock_account(user=buyer)
    services.unlock_account(user=buyer)

    assert not any(is_signed_in(client) for client in browsers)


def test_deactivating(browsers, buyer):
    buyer.is_active = False
    buyer.save(update_fields=["is_active"])

    assert not any(is_signed_in(client) for client in browsers)


def test_changing_the_password_keeps_this_session_only(browsers, buyer):
    account = browsers.pop(EVERYWHERE.index("account"))

    response = account.post(
        "/password/", {"oldpassword": PASSWORD, "password1": "quite another sentence"}
    )

    assert response.status_code == 302
    assert is_signed_in(account)
    assert not any(is_signed_in(client) for client in browsers)
    buyer.refresh_from_db()
    assert buyer.check_password("quite another sentence")


def test_a_wrong_present_password_changes_nothing(browsers, buyer):
    account = browsers[EVERYWHERE.index("account")]

    response = account.post("/password/", {"oldpassword": "wrong", "password1": "another sentence"})

    assert response.status_code == 422
    assert all(is_signed_in(client) for client in browsers)


def test_codes_on_their_way_are_withdrawn(buyer):
    services.create_sign_in_code(user=buyer, host_key="photos", state_hash="0" * 64)

    services.sign_out_everywhere(user=buyer)

    assert not SignInCode.objects.exists()


def test_sessions_survive_a_new_secret_key(buyer, settings):
    client = host_client("photos", buyer)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next one"

    assert is_signed_in(client)
    settings.SECRET_KEY_FALLBACKS = []
    assert is_signed_in(client)  # it carries the new key's hash since
