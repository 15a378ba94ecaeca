"""Who may call: 401 asks for a token, 403 for another one."""

import pytest

from market.users import services as users
from market.users.scopes import SCOPES
from tests.api.clients import ApiClient

pytestmark = pytest.mark.django_db


def test_whoami_tells_whose_token_it_is(buyer):
    response = ApiClient(buyer, "sale:verify", "purchase:list").get("/whoami")

    answer = response.json()
    assert set(answer["scopes"]) == {"default", "sale:verify", "purchase:list"}
    del answer["scopes"]
    assert answer == {"clientId": None, "userId": buyer.pk, "ttl": 315_360_000}


def test_the_scheme_may_be_written_in_any_case_with_spaces(buyer):
    token = ApiClient(buyer).token

    for header in ("bearer {}", "BEARER {}", " Bearer   {} "):
        response = ApiClient().get("/whoami", headers={"Authorization": header.format(token)})
        assert response.status_code == 200, header


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer a", "Bearer " + "ü" * 32, "Basic YTpi", "Bearer a b", "x" * 32]
)
def test_what_can_be_no_token_is_unauthorized(header):
    response = ApiClient().get("/whoami", headers={"Authorization": header})

    assert (response.status_code, response.reason_phrase) == (401, "Unauthorized")
    answer = response.json()
    assert set(answer) == {"error", "description", "error_description"}
    assert answer["error"] == "unauthorized"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def _assert_denied(response):
    assert (response.status_code, response.reason_phrase) == (403, "Forbidden")
    answer = response.json()
    assert set(answer) == {"error", "description", "error_description"}
    assert answer["error"] == "access_denied"


def test_an_unknown_token_is_denied(db):
    _assert_denied(ApiClient(token="A" * 32).get("/whoami"))


def test_a_revoked_token_is_denied(buyer):
    client = ApiClient(buyer)
    users.revoke_token(user=buyer, token_id=client.row.pk)

    _assert_denied(client.get("/whoami"))
    _assert_denied(client.get("/rest/v1/marketplaces/"))


def test_a_token_of_a_locked_account_is_denied(buyer):
    client = ApiClient(buyer)
    buyer.is_active = False
    buyer.save(update_fields=["is_active"])

    _assert_denied(client.get("/whoami"))


def test_a_token_in_the_query_is_no_token(buyer):
    token = ApiClient(buyer).token

    for name in ("token", "access_token", "Authorization"):
        assert ApiClient().get(f"/whoami?{name}={token}").status_code == 401


def test_a_session_is_no_token(buyer, client_for):
    assert client_for("api", buyer).get("/whoami").status_code == 401


CODE = "86781236-23d0-4b3c-7dfa-c1c147e0dece"


# What a token that has all other scopes must not open.
SCOPES_OF = {
    f"/v3/market/author/sale?code={CODE}": {"sale:verify", "sale:history"},
    "/rest/v1/sales/": {"sale:history"},
    f"/rest/v1/sales/{CODE}/": {"sale:verify", "sale:history"},
    "/rest/v1/purchases/": {"purchase:list"},
    f"/rest/v1/purchases/{CODE}/": {"purchase:list", "purchase:verify", "purchase:history"},
    f"/rest/v1/purchases/{CODE}/downloads/": {"purchase:download"},
}


def test_a_token_without_the_scope_is_denied(buyer):
    for path, scopes in SCOPES_OF.items():
        _assert_denied(ApiClient(buyer, *(set(SCOPES) - scopes)).get(path))
        assert ApiClient().get(path).status_code == 401
