"""What live, ready and status answer while something is away: a real server, told wrong addresses.

The table is docs/operators/README.md's: no outage of a shared service may take a host out of the
load balancer, which would take out all of them at once.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
# Each server here is a new one: its index of the catalogue has not been made.
NEVER_BUILT = {"search"}
# Nobody listens there; a connection is refused at once.
NOWHERE = "127.0.0.1:1"
AWAY = {
    "nothing": ({}, set()),
    "database": (
        {"DATABASE_URL": f"mysql://nobody:x@{NOWHERE}/shelves"},
        {"database.default", "migrations", "queues"},
    ),
    "redis": ({"REDIS_URL": f"redis://{NOWHERE}/0"}, {"redis"}),
    "storage": (
        {"STORAGE_URL": f"s3://key:secret@bucket?endpoint=http://{NOWHERE}&region=us-east-1"},
        {"storage"},
    ),
    # No probe asks it: its outages are told by its calls (market.gateway).
    "gateway": (
        {
            "PAYMENTS_URL": "stripe://",
            "STRIPE_SECRET_KEY": "sk_test_nobody",
            "STRIPE_API_ADDRESS": f"http://{NOWHERE}",
        },
        set(),
    ),
    "agent": ({"STATSD_HOST": "127.0.0.1", "STATSD_PORT": "1"}, set()),
}


class Server:
    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": "10.0.3.17"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


def settings_of(folder: Path) -> dict[str, str]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return plain | {
        "MARKET_ENV": "development",
        "SECRET_KEY": "only-for-tests",
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "CRITICAL",
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop in which nothing has happened yet."""
    folder = tmp_path_factory.mktemp("data")
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=settings_of(folder), check=True, timeout=300)
    return folder


@contextmanager
def server(folder: Path, environment: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "market.wsgi", "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env=settings_of(folder) | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield wait_for(Server(port), process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(started: Server, process: subprocess.Popen[bytes]) -> Server:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            started.get("/health/live")
        except OSError:
            assert process.poll() is None, "it ended"
            assert time.monotonic() < deadline, "it does not answer"
            time.sleep(0.2)
        else:
            return started


@pytest.mark.parametrize(("environment", "failing"), AWAY.values(), ids=AWAY)
def test_no_outage_takes_a_host_out_and_status_names_each(data, environment, failing):
    with server(data, environment) as asked:
        assert asked.get("/health/live") == (200, {"live": True})
        assert asked.get("/health/ready") == (200, {"ready": True, "failing": []})
        code, body = asked.get("/health/status")

    assert code == 200, "a monitor reads `ok`; the answer itself is no error"
    broken = {name for name, probe in body["probes"].items() if not probe["ok"]}
    assert broken - NEVER_BUILT == failing
    assert body["ok"] is (not broken)
