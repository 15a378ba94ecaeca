"""Personal tokens: made, shown once, used, revoked."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from market.core.ids import token_hash
from market.users import services
from market.users.errors import TokenRefused, TooManyTokens, UnknownScope
from market.users.models import PersonalToken
from market.users.selectors import user_by_token
from tests.conftest import host_client

pytestmark = pytest.mark.django_db


def test_a_token_is_shown_once_and_kept_as_a_hash(buyer):
    account = host_client("account", buyer)

    response = account.post("/tokens/", {"name": "Build server", "scopes": ["purchase:list"]})

    token = re.search(r'id="new-token">([A-Za-z0-9]{32})<', response.content.decode())[1]
    row = PersonalToken.objects.get()
    assert (row.token_hash, row.scopes) == (token_hash(token), "default purchase:list")
    assert "no-store" in response.headers["Cache-Control"]
    assert token not in account.get("/tokens/").content.decode()
    assert user_by_token(token) == (buyer, row)


def test_a_partners_link_ticks_permissions(buyer):
    account = host_client("account", buyer)

    response = account.get("/create-token/?purchase:verify=t&sale:history=t&user:email=f&bad=t")

    ticked = re.findall(r'value="([\w:]+)"[^>]* checked', response.content.decode())
    assert ticked == ["purchase:verify", "sale:history"]
    assert not PersonalToken.objects.exists()


@pytest.mark.parametrize(
    "form",
    [{}, {"name": " \u200b "}, {"name": "x" * 81}, {"name": "a\0b"},
     {"name": "A", "scopes": ["everything"]}],
)  # fmt: skip
def test_what_is_wrong_is_said(buyer, form):
    response = host_client("account", buyer).post("/tokens/", form)

    assert response.status_code == 422
    assert not PersonalToken.objects.exists()


def test_a_revoked_token_opens_nothing(buyer):
    row, token = services.create_token(user=buyer, name="A", scopes=[])
    account = host_client("account", buyer)
    address = f"/tokens/{row.pk}/revoke/"

    assert account.get(address).status_code == 405
    assert [account.post(address).status_code for _ in range(2)] == [302, 302]
    assert user_by_token(token) is None
    assert "You have no tokens" in account.get("/tokens/").content.decode()


def test_nobody_revokes_anothers_token(buyer, reviewer):
    row, token = services.create_token(user=buyer, name="A", scopes=[])

    response = host_client("account", reviewer).post(f"/tokens/{row.pk}/revoke/")

    assert response.status_code == 404
    assert user_by_token(token) == (buyer, row)


def test_a_locked_accounts_token_opens_nothing(buyer):
    _, token = services.create_token(user=buyer, name="A", scopes=[])

    services.lock_account(user=buyer)

    assert user_by_token(token) is None


@pytest.mark.parametrize("token", ["", "x" * 32, "x" * 10_000, "\0", "é"])
def test_nonsense_is_no_token(token):
    assert user_by_token(token) is None


def test_unknown_scopes_and_empty_names_are_refused(buyer):
    with pytest.raises(UnknownScope):
        services.create_token(user=buyer, name="A", scopes=["everything"])
    with pytest.raises(TokenRefused):
        services.create_token(user=buyer, name="\u202e", scopes=[])


def test_a_person_has_so_many_tokens(buyer):
    for _ in range(50):
        services.create_token(user=buyer, name="A", scopes=[])

    with pytest.raises(TooManyTokens):
        services.create_token(user=buyer, name="A", scopes=[])


def test_the_day_of_the_last_use_is_written_once(buyer, django_assert_num_queries):
    _, token = services.create_token(user=buyer, name="A", scopes=[])
    with django_assert_num_queries(2):
        services.note_token_use(token=user_by_token(token)[1])
    with django_assert_num_queries(1):
        services.note_token_use(token=user_by_token(token)[1])


@pytest.mark.parametrize(
    "said",
    [
        ["sale:verify", "purchase:list"],
        ["sale:verify,purchase:list"],
        ["sale:verify purchase:list"],
    ],
)
@pytest.mark.parametrize("who", ["buyer", "BUYER", "buyer@example.com"])
def test_the_command_prints_the_token_and_nothing_else(buyer, who, said):
    out = StringIO()

    call_command("create_token", user=who, scopes=said, stdout=out)

    user, row = user_by_token(out.getvalue().strip())
    assert (user, row.scopes) == (buyer, "default purchase:list sale:verify")


def test_the_command_says_what_is_wrong(buyer):
    with pytest.raises(CommandError, match="no user nobody"):
        call_command("create_token", user="nobody")
    with pytest.raises(CommandError, match="no permission called everything"):
        call_command("create_token", user="buyer", scopes=["everything"])
