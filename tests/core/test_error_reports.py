"""What leaves this host when something breaks: the real SDK, and a stand-in for Sentry's server."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import brotli
import pytest
import structlog
from django.conf import settings as ours
from django.http import Http404
from django.test import RequestFactory
from django_tasks import task

from market.core import error_reports
from market.core.ids import log_name
from market.jobs.services import run_ready
from market.ops.middleware import RequestLogMiddleware

SECRET = "juno@example.com"
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


class Sentry:
    """Reads envelopes: a header, then each item's header and body, a JSON object a line."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        told = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.append(UNPACK[self.headers["Content-Encoding"]](body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def dsn(self) -> str:
        return f"http://key@127.0.0.1:{self.server.server_port}/1"

    def events(self) -> list[dict]:
        error_reports._sentry().flush(timeout=5)
        return [json.loads(body.splitlines()[2]) for body in self.bodies]


@pytest.fixture
def sentry(settings) -> Iterator[Sentry]:
    stand_in = Sentry()
    settings.SENTRY_DSN, settings.SENTRY_ENVIRONMENT = stand_in.dsn, "testing"
    error_reports._sentry.cache_clear()
    yield stand_in
    sdk = error_reports._sentry()
    sdk.get_client().close(timeout=1)
    sdk.init()
    error_reports._sentry.cache_clear()
    stand_in.server.shutdown()
    stand_in.server.server_close()


@task(max_attempts=1)
def break_down(address: str) -> None:
    raise ValueError(f"{address} is not what we expected")


def fail_for(person, request):
    request._cached_user = person
    address = SECRET
    try:
        raise ValueError(f"Duplicate entry '{address}'")
    except ValueError as error:
        raise RuntimeError(address) from error


def test_an_error_is_told_with_its_place_and_the_way_to_its_line(sentry, buyer):
    request = RequestFactory().post(
        f"/x/?mail={SECRET}", {"mail": SECRET}, headers={"Cookie": f"session={SECRET}"}
    )
    middleware = RequestLogMiddleware(lambda _: None)
    middleware.prepare(request)
    try:
        fail_for(buyer, request)
    except RuntimeError as error:
        middleware._process_exception(request, error)
    structlog.contextvars.clear_contextvars()

    (event,) = sentry.events()
    assert [one["type"] for one in event["exception"]["values"]] == ["ValueError", "RuntimeError"]
    frame = event["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert frame["function"] == "fail_for"
    assert frame["filename"] == "tests/core/test_error_reports.py"
    assert event["tags"] == {
        "request_id": request.request_id,
        "user": log_name(buyer.pk),
        "route": "POST unresolved",
        "site": "none",
    }
    assert (event["release"], event["environment"]) == (ours.REVISION, "testing")


def test_nothing_that_a_person_sent_or_is_leaves_with_it(sentry, buyer):
    request = RequestFactory().post(f"/x/?mail={SECRET}", {"mail": SECRET})
    middleware = RequestLogMiddleware(lambda _: None)
    try:
        fail_for(buyer, request)
    except RuntimeError as error:
        middleware._process_exception(request, error)

    (event,) = sentry.events()
    assert set(event) <= error_reports.ALLOWED
    told = json.dumps([event["exception"], event["tags"]])
    assert "vars" not in told
    # Beside the line of this very file that names it, as code.
    assert SECRET not in told.replace(json.dumps(f'SECRET = "{SECRET}"')[1:-1], "")
    assert buyer.email not in told
    assert "Duplicate entry '" + SECRET not in told


def test_a_job_that_fails_is_told_with_its_number_and_its_request(sentry, db):
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        break_down.enqueue(SECRET)
    run_ready()

    (event,) = sentry.events()
    assert event["tags"]["request_id"] == "r-1"
    assert event["tags"]["task"] == "tests.core.test_error_reports.break_down"
    assert event["tags"]["attempt"] == "1"
    assert [one["value"] for one in event["exception"]["values"]] == [""]


def test_what_is_an_answer_is_no_error(sentry):
    middleware = RequestLogMiddleware(lambda _: None)
    middleware._process_exception(RequestFactory().get("/"), Http404())

    assert sentry.events() == []


def test_a_server_that_is_away_disturbs_nothing(sentry):
    sentry.server.shutdown()
    sentry.server.server_close()

    for _ in range(3):
        error_reports.report(ValueError())


def start(environment: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    begin = "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'market.settings';"
    return subprocess.run(
        [sys.executable, "-c", f"{begin}{code}"],
        env={"SECRET_KEY": "x", "MARKET_ENV": "development", "PATH": "", **environment},
        cwd=ours.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_address_the_sdk_is_not_even_read():
    code = "import django; django.setup(); print('sentry_sdk' in sys.modules)"

    assert start({}, code).stdout.strip() == "False"


def test_without_the_sdk_one_line_says_so_and_the_process_starts():
    code = "sys.modules['sentry_sdk'] = None; import django; django.setup(); print('started')"
    done = start({"SENTRY_DSN": "http://key@127.0.0.1:1/1"}, code)

    assert done.returncode == 0, done.stderr
    assert "sentry_is_not_installed" in done.stdout
    assert "started" in done.stdout


def test_an_address_that_is_none_ends_the_start():
    done = start({"SENTRY_DSN": "nowhere"}, "import django; django.setup()")

    assert done.returncode == 1
    assert "BadDsn" in done.stderr
