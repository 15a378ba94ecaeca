"""One line a request, with an id that the person sees, and nothing secret in it."""

import pytest
import structlog
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory
from structlog.testing import LogCapture

from market.core.ids import log_name
from market.ops.middleware import RequestLogMiddleware
from market.tenancy import hosts
from market.users.models import User
from market.users.services.tokens import create_token


@pytest.fixture
def lines(monkeypatch):
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    # The library's logger keeps the processors that it met first.
    logger = structlog.stdlib.get_logger("requests")
    monkeypatch.setattr("django_structlog.middlewares.request.logger", logger)
    yield capture.entries
    structlog.configure(processors=before)


def finished(lines):
    (line,) = [line for line in lines if line["event"] == "request_finished"]
    return line


def test_each_answer_carries_an_id_of_its_own_that_a_client_cannot_choose():
    client = Client(SERVER_NAME=hosts.host("account").name)

    ids = [
        client.get("/no-such-page/", headers={"X-Request-ID": "forged\x1b[31m"}).headers[
            "X-Request-ID"
        ]
        for _ in range(2)
    ]

    assert len(set(ids)) == 2
    assert all(len(request_id) == 36 for request_id in ids)


def test_the_line_names_host_route_status_and_time_but_no_secret(lines):
    client = Client(SERVER_NAME=hosts.host("files").name)

    response = client.get("/download/secret-token/?code=secret-code")

    line = finished(lines)
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert line["request"] == "GET /download/<str:token>/"
    assert line["site"] == "files"
    assert line["code"] == response.status_code
    assert line["ms"] >= 0
    assert "secret" not in str(lines)


def test_a_request_that_matches_no_route_shows_no_path(lines):
    Client(SERVER_NAME=hosts.host("account").name).get("/a-secret/?code=secret")

    assert finished(lines)["request"] == "GET unresolved"
    assert "secret" not in str(lines)


def test_the_load_balancers_trace_is_kept_short(lines):
    middleware = RequestLogMiddleware(lambda request: HttpResponse())

    middleware(RequestFactory().get("/", headers={"X-Amzn-Trace-Id": "Root=1-" + "a" * 500}))

    assert finished(lines)["trace_id"].startswith("Root=1-a")
    assert len(finished(lines)["trace_id"]) == 100


def test_nobody_is_asked_who_is_signed_in(lines):
    class Session:
        accessed = False

    class Untouchable:
        @property
        def pk(self):
            raise AssertionError("the log asked for the user")

    def view(request):
        request.session, request.user = Session(), Untouchable()
        return HttpResponse()

    RequestLogMiddleware(view)(RequestFactory().get("/"))

    assert "user" not in finished(lines)


def test_whoever_is_signed_in_has_one_name_in_all_lines_and_no_number(lines, client_for, sites):
    person = User.objects.create(pk=987654321, username="Juno", email="juno@example.com")
    client = client_for("account", person)

    for _ in range(2):
        client.get("/library/")

    first, second = (line for line in lines if line["event"] == "request_finished")
    assert first["user"] == second["user"] == log_name(person.pk)
    assert len(first["user"]) == 20
    for secret in (str(person.pk), person.email, person.username):
        assert secret not in str(lines)
    assert "user_id" not in first


def test_whoever_sends_a_token_has_the_same_name(lines, buyer):
    _, token = create_token(user=buyer, name="for my shop", scopes=["default"])

    Client(SERVER_NAME=hosts.host("api").name).get(
        "/rest/v1/marketplaces/", headers={"Authorization": f"Bearer {token}"}
    )

    assert finished(lines)["user"] == log_name(buyer.pk)


def test_strangers_have_no_name(lines, db):
    Client(SERVER_NAME=hosts.host("account").name).get("/library/")

    assert "user" not in finished(lines)


def test_names_cannot_be_counted_out_without_our_key(settings):
    ours = [log_name(number) for number in range(1000)]
    settings.SECRET_KEY = "somebody else's"

    assert len(set(ours)) == 1000
    assert not set(ours) & {log_name(number) for number in range(1000)}


def test_support_finds_the_name_of_who_asks_for_help(buyer, capsys):
    call_command("log_name", buyer.email)

    assert capsys.readouterr().out.strip() == log_name(buyer.pk)
    with pytest.raises(CommandError):
        call_command("log_name", "nobody@example.com")


def test_health_checks_leave_no_line(lines):
    Client(SERVER_NAME="10.0.3.17").get("/health/live")

    assert lines == []


def test_each_request_is_a_metric_with_bounded_tags(agent):
    RequestLogMiddleware(lambda request: HttpResponse(status=404))(RequestFactory().get("/x/7/"))

    line = agent.recv(2000).decode()

    assert line.startswith("market.request:")
    assert "site:none" in line
    assert "route:none" in line
    assert "status:4xx" in line
    assert "/x/7/" not in line


def test_an_agent_that_is_away_disturbs_nothing(agent):
    agent.close()

    for _ in range(3):
        response = RequestLogMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))
        assert response.status_code == 200
