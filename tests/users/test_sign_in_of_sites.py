"""One sign-in for all hosts: the code that `account.` gives, and who may redeem it."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from market.purchases.services import cart as carts
from market.tenancy import hosts
from market.users import services
from market.users.errors import SignInRefused
from market.users.models import SignInCode
from tests.conftest import host_client
from tests.factories import make_item
from tests.users.browsers import ask_for_code, is_signed_in, path_of, sign_in_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(buyer) -> Client:
    return host_client("account", buyer)


@pytest.fixture
def photos() -> Client:
    return host_client("photos")


def assert_refused(response) -> None:
    assert response.status_code == 403
    assert b"Sign in again" in response.content
    assert "session" not in response.cookies


@pytest.mark.parametrize("key", ["photos", "code", "audio"])
def test_a_site_signs_in_whom_the_account_host_knows(account, buyer, key):
    site = host_client(key)

    response = site.get(path_of(ask_for_code(site, account, "/licences/?a=1")))

    assert response.headers["Location"] == "/licences/?a=1"
    assert site.session["_auth_user_id"] == str(buyer.pk)
    assert is_signed_in(site)
    assert response.cookies["sign-in"].value == ""


def test_the_account_host_asks_who_it_is_first_and_then_goes_on(buyer, photos):
    account = host_client("account")
    to_account = path_of(photos.get("/sign-in/").headers["Location"])

    to_sign_in = account.get(to_account).headers["Location"]
    page = account.get(to_sign_in)
    response = account.post(
        to_sign_in, {"login": buyer.email, "password": "a long test password", "next": to_account}
    )

    assert page.status_code == 200
    assert response.headers["Location"] == to_account
    back = account.get(to_account).headers["Location"]
    assert back.startswith(f"{hosts.origin('photos')}/sign-in/return/?code=")
    assert photos.get(path_of(back)).status_code == 302
    assert is_signed_in(photos)


def test_the_visitors_cart_comes_along(account, buyer, photos):
    item = make_item()
    cart, token = carts.open_visitor_cart(host_key="photos")
    licence = item.prices.first().licence_code
    carts.add_to_cart(cart=cart, item_id=item.pk, licence_code=licence)
    photos.cookies["cart"] = token

    response = photos.get(path_of(ask_for_code(photos, account)))

    assert response.cookies["cart"].value == ""
    assert [line.item_id for line in carts.user_cart(buyer).lines.all()] == [item.pk]
    assert carts.visitor_cart(token) is None


def test_a_code_is_used_once(account, photos):
    address = path_of(ask_for_code(photos, account))
    state = photos.cookies["sign-in"].value
    photos.get(address)
    photos.cookies.clear()
    photos.cookies["sign-in"] = state

    assert_refused(photos.get(address))


def test_a_late_code_is_refused(account, photos):
    address = path_of(ask_for_code(photos, account))
    SignInCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert_refused(photos.get(address))
    assert not is_signed_in(photos)


def test_a_code_of_another_host_is_refused(account, photos):
    code = host_client("code")
    code.get("/sign-in/")
    code.cookies["sign-in"] = ""
    address = path_of(ask_for_code(photos, account))
    code.cookies["sign-in"] = photos.cookies["sign-in"].value

    assert_refused(code.get(address))
    assert not is_signed_in(code)


def test_a_code_in_another_browser_is_refused(account, photos):
    address = path_of(ask_for_code(photos, account))
    stranger = host_client("photos")

    assert_refused(stranger.get(address))
    stranger.get("/sign-in/")  # a state of its own does not help
    assert_refused(stranger.get(address))


def test_a_tampered_state_is_refused(account, photos):
    address = path_of(ask_for_code(photos, account))
    photos.cookies["sign-in"] = photos.cookies["sign-in"].value[:-1] + "x"

    assert_refused(photos.get(address))


@pytest.mark.parametrize("query", ["", "?code=", "?code=%00", "?code=" + "x" * 5000])
def test_nonsense_instead_of_a_code_is_refused(photos, query):
    photos.get("/sign-in/")

    assert_refused(photos.get(f"/sign-in/return/{query}"))


def test_of_two_redeemers_one_succeeds(buyer):
    state_hash = sha256(b"state").hexdigest()
    code = services.create_sign_in_code(user=buyer, host_key="photos", state_hash=state_hash)

    assert services.redeem_sign_in_code(code=code, host_key="photos", state="state") == buyer
    with pytest.raises(SignInRefused):
        services.redeem_sign_in_code(code=code, host_key="photos", state="state")


def test_a_locked_account_gets_no_session(account, buyer, photos):
    address = path_of(ask_for_code(photos, account))
    services.lock_account(user=buyer)

    assert_refused(photos.get(address))


def test_signing_in_gives_the_session_a_new_id(account, photos):
    session = photos.session
    session["fixed"] = "by somebody"
    session.save()
    photos.cookies["session"] = session.session_key

    sign_in_at(photos, account)

    assert photos.cookies["session"].value != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https:evil", "javascript:alert(1)", "/a\r\nb", "/" * 2],
)
def test_a_site_leads_back_to_its_own_pages_only(account, photos, path):
    response = photos.get(path_of(ask_for_code(photos, account, path)))

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"host": "photos"},
        {"host": "evil.example", "state": "0" * 64},
        {"host": "account", "state": "0" * 64},
        {"host": "files", "state": "0" * 64},
        {"host": "photos", "state": "0" * 63},
        {"host": "photos", "state": "Z" * 64},
        {"host": "photos\0", "state": "0" * 64},
    ],
)
def test_the_account_host_gives_codes_for_our_hosts_only(account, query):
    response = account.get("/sign-in/start/", query)

    assert response.status_code == 400
    assert not SignInCode.objects.exists()


def test_a_page_that_needs_a_person_leads_to_the_sites_own_sign_in(photos):
    response = photos.get("/sign-in/")

    cookie = response.cookies["sign-in"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("key", ["photos", "staff", "account"])
def test_signing_out_takes_a_post(buyer, key):
    client = host_client(key, buyer)

    assert client.get("/sign-out/").status_code == 405
    response = client.post("/sign-out/")

    assert response.headers["Location"] == "/signed-out/"
    assert client.get("/signed-out/").status_code == 200
    assert not is_signed_in(client)


def test_the_staff_host_is_for_staff(account, reviewer):
    staff = host_client("staff")

    response = staff.get(path_of(ask_for_code(staff, account)))

    assert response.status_code == 403
    assert "session" not in response.cookies
    sign_in_at(staff, host_client("account", reviewer))
    assert is_signed_in(staff)


def test_the_admin_has_no_sign_in_of_its_own(buyer, reviewer):
    stranger, known = host_client("staff"), host_client("staff", reviewer)

    assert stranger.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    to_account = stranger.get("/admin/login/?next=/admin/").headers["Location"]
    assert to_account.startswith(hosts.link("account", "users:sign_in_start"))
    assert known.get("/admin/login/?next=/admin/").status_code == 403
    assert stranger.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 405


def test_old_codes_are_pruned(buyer):
    services.create_sign_in_code(user=buyer, host_key="photos", state_hash="0" * 64)
    SignInCode.objects.update(expires_at=timezone.now() - timedelta(days=2))
    services.create_sign_in_code(user=buyer, host_key="photos", state_hash="0" * 64)

    assert services.prune_sign_in_codes() == 1
    assert SignInCode.objects.count() == 1


def test_a_code_for_the_empty_state_signs_in_no_browser_without_a_state(account, buyer):
    """A stranger asks for a code himself and sends it to somebody: nobody gets his session."""
    to_account = hosts.link("account", "users:sign_in_start")
    query = {"host": "photos", "state": sha256(b"").hexdigest()}
    address = path_of(account.get(to_account, query).headers["Location"])
    victim = host_client("photos")

    assert_refused(victim.get(address))
    assert not is_signed_in(victim)
