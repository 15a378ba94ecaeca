"""What clients rely on below the bodies: status, reason, headers, addresses, limits."""

from itertools import product

import pytest
from django.db import OperationalError

from market.api import selectors
from market.api.base import ClientThrottle
from tests.api.clients import ApiClient

pytestmark = pytest.mark.django_db

WHOAMI = ("/whoami", "/whoami/", "/whoami?", "//whoami", "/whoami//", "/whoami?unknown=1")


def test_slashes_and_a_bare_question_mark_change_nothing(buyer):
    client = ApiClient(buyer)

    for address in WHOAMI:
        response = client.get(address)
        assert (response.status_code, response.reason_phrase) == (200, "OK"), address
        assert response.json()["userId"] == buyer.pk


def test_every_answer_carries_the_headers_that_clients_read(buyer):
    response = ApiClient(buyer).get("/whoami")

    kept = {name: response.headers[name] for name in sorted(response.headers)}
    assert kept["Content-Type"] == "application/json; charset=utf-8"
    assert kept["Access-Control-Allow-Origin"] == "*"
    assert kept["Cache-Control"] == "private, no-store"
    assert (kept["X-RateLimit-Total"], kept["X-RateLimit-Remaining"]) == ("240", "239")
    assert len(response.headers["X-Request-Id"]) >= 32
    assert not response.cookies


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "nonsense"])
def test_the_answer_is_json_whatever_the_client_accepts(accept):
    response = ApiClient().get("/ping?format=xml", headers={"Accept": accept})

    assert response.json() == {"ping": "pong"}


def test_ping_looks_at_no_token():
    assert ApiClient(token="a").get("/ping").status_code == 200


def test_a_get_with_an_empty_json_body_is_read_as_a_get(buyer):
    response = ApiClient(buyer).get("/whoami", data=b"", content_type="application/json")

    assert response.status_code == 200


def test_a_body_that_is_no_json_is_not_looked_at(buyer):
    response = ApiClient(buyer).get("/whoami", data=b"{", content_type="application/json")

    assert response.status_code == 200


def test_head_answers_without_a_body(buyer):
    response = ApiClient(buyer).send("HEAD", "/whoami")

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/v3/market/author/sale", "/rest/v1/purchases/", "/ping"])
def test_a_browsers_preflight_is_answered_without_a_token(path):
    response = ApiClient().send("OPTIONS", path, headers={"Origin": "https://example.com"})

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]


def test_what_is_no_read_is_refused_in_json(buyer):
    client = ApiClient(buyer)
    paths = ("/whoami", "/rest/v1/items/", "/openapi.json", "/")
    for method, path in product(("POST", "PUT", "DELETE"), paths):
        response = client.send(method, path)

        assert (response.status_code, response.reason_phrase) == (405, "Method Not Allowed")
        assert response.json() == {
            "error": 405,
            "description": f'Method "{method}" not allowed.',
        }


@pytest.mark.parametrize(
    "path", ["/nothing", "/nothing/", "/v3/market/nothing", "/%s", "/v1/a:%25s"]
)
def test_an_unknown_address_is_json(path):
    response = ApiClient().get(path)

    assert (response.status_code, response.reason_phrase) == (404, "Not Found")
    assert response.json()["error"] == 404
    assert response.json()["description"]
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_an_unknown_host_is_refused():
    assert ApiClient().get("/ping", headers={"Host": "api.example.net"}).status_code == 421


def _fault(error):
    def raise_it(*args, **kwargs):
        raise error

    return raise_it


def test_a_fault_is_json(monkeypatch):
    monkeypatch.setattr(selectors, "item_record", _fault(RuntimeError("secret")))
    client = ApiClient()
    client.browser.raise_request_exception = False

    response = client.get("/rest/v1/items/1/")

    assert (response.status_code, response.reason_phrase) == (500, "Internal Server Error")
    assert set(response.json()) == {"error", "description", "message"}
    assert b"secret" not in response.content


def test_a_database_that_is_away_says_when_to_come_back(monkeypatch):
    monkeypatch.setattr(selectors, "item_record", _fault(OperationalError(2006, "gone away")))

    response = ApiClient().get("/rest/v1/items/1/")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json()["error"] == 503
    assert response.json()["message"] == response.json()["description"]


@pytest.fixture
def two_a_minute(monkeypatch):
    monkeypatch.setitem(ClientThrottle.THROTTLE_RATES, "client", "2/min")


def test_too_many_requests_are_told_when_to_come_back(two_a_minute, buyer, author):
    client = ApiClient(buyer)
    left = [client.get("/whoami").headers["X-RateLimit-Remaining"] for _ in range(2)]

    refused = client.get("/whoami")

    assert left == ["1", "0"]
    assert (refused.status_code, refused.reason_phrase) == (429, "Too Many Requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["error"] == 429
    assert refused.headers["X-RateLimit-Total"] == "2"
    # Another token has its own.
    assert ApiClient(author).get("/whoami").status_code == 200


def test_guessing_tokens_counts_against_the_address(two_a_minute):
    answers = [ApiClient(token="x" * 32).get("/whoami").status_code for _ in range(3)]

    assert answers == [403, 403, 429]


def test_without_redis_requests_go_through(buyer, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.2},
        }
    }

    assert [ApiClient(buyer).get("/whoami").status_code for _ in range(3)] == [200, 200, 200]
