"""One line a request, with an id that the person sees, and nothing secret in it."""

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client, RequestFactory
from structlog.testing import LogCapture

from market.ops.middleware import RequestLogMiddleware
from market.tenancy import hosts


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

    assert "user_id" not in finished(lines)


def test_a_user_whom_the_view_asked_for_is_named_by_number(lines):
    class Known:
        pk = 7

    def view(request):
        request._cached_user = Known()
        return HttpResponse()

    RequestLogMiddleware(view)(RequestFactory().get("/"))

    assert finished(lines)["user_id"] == 7


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
