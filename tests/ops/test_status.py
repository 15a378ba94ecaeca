"""/health/status: for operators only, and an answer in bounded time whatever is broken."""

import socket
import time

import pytest
from django.db import connection
from django.test import Client

from market.core import storage
from market.ops.selectors import status as status_module

CLIENT = Client(SERVER_NAME="10.0.3.17")

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_names_the_revision_and_every_dependency(settings):
    settings.REVISION = "abc123"

    body = CLIENT.get("/health/status").json()

    assert body["revision"] == "abc123"
    assert {"database.default", "migrations", "queues", "storage"} <= set(body["probes"])
    assert body["probes"]["database.default"]["details"]["role"] == "writer"
    assert body["probes"]["database.default"]["milliseconds"] < 3000
    assert body["probes"]["storage"]["ok"]
    assert set(body["probes"]["migrations"]["details"]) == {"applied", "pending"}
    assert body["ok"] == all(probe["ok"] for probe in body["probes"].values())


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("10.1.2.3", None, 200),
        ("10.1.2.3", "10.9.9.9", 200),
        ("8.8.8.8", None, 404),
        ("::ffff:8.8.8.8", None, 404),
        ("10.1.2.3", "8.8.8.8", 404),  # through the load balancer
        ("10.1.2.3", "127.0.0.1, 8.8.8.8", 404),  # who claims to be at home
        ("10.1.2.3", "8.8.8.8, 127.0.0.1", 404),
        ("10.1.2.3", "nonsense", 404),
        ("", None, 404),
    ],
)
def test_only_our_own_networks_see_it(remote, forwarded, expected):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}

    response = CLIENT.get("/health/status", REMOTE_ADDR=remote, headers=headers)

    assert response.status_code == expected


@pytest.mark.parametrize(
    ("configured", "sent", "expected"),
    [("s3cret", "s3cret", 200), ("s3cret", "other", 404), ("s3cret", "", 404), ("", "", 404)],
)
def test_a_token_opens_it_from_outside(settings, configured, sent, expected):
    settings.STATUS_TOKEN = configured

    response = CLIENT.get("/health/status", REMOTE_ADDR="8.8.8.8", headers={"X-Status-Token": sent})

    assert response.status_code == expected


def test_a_dead_redis_is_named_and_fails_nothing_else(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        settings.REDIS_URL = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        body = CLIENT.get("/health/status").json()

    assert body["ok"] is False
    assert body["probes"]["redis"]["ok"] is False
    assert "ConnectionError" in body["probes"]["redis"]["error"]
    assert body["probes"]["database.default"]["ok"]
    assert CLIENT.get("/health/ready").status_code == 200


def test_a_dependency_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(status_module, "PROBE_SECONDS", 0.2)
    monkeypatch.setattr(storage, "exists", lambda key: time.sleep(1))

    started = time.monotonic()
    body = CLIENT.get("/health/status").json()

    assert time.monotonic() - started < 0.9
    assert body["probes"]["storage"] == {"ok": False, "error": "no answer within 0.2 s"}


def test_a_demoted_writer_is_named(monkeypatch):
    monkeypatch.setattr(status_module, "is_read_only", lambda alias: True)

    probe = CLIENT.get("/health/status").json()["probes"]["database.default"]

    assert probe["ok"] is False
    assert "read-only" in probe["error"]


def test_probes_leave_no_connection_behind():
    CLIENT.get("/health/status")  # the pool has its threads now
    if connection.vendor != "mysql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE db=DATABASE()")
        before = cursor.fetchone()[0]
        CLIENT.get("/health/status")
        cursor.execute("SELECT COUNT(*) FROM information_schema.processlist WHERE db=DATABASE()")
        assert cursor.fetchone()[0] == before
