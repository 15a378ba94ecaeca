"""A running instance (web server and worker, as `script/server` starts them) and a real browser."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from tests.browser import page_kinds

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
MAIL_SECONDS = 20


@dataclass
class Shop:
    """The instance: its environment, its port, and the folder into which it mails."""

    environment: dict[str, str]
    port: int
    mails: Path

    def address(self, host_key: str, path: str = "/") -> str:
        return f"http://{host_key}.localhost:{self.port}{path}"

    def manage(self, *arguments: str) -> str:
        """Run a command of `manage.py`; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def run(self, code: str) -> str:
        """Run Python inside the application; returns what it printed."""
        return self.manage("shell", "--no-imports", "-c", code)

    def mail_to(self, email: str, *, holding: str) -> str:
        """The text of a mail to this address that holds a word; waits for the worker."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for file in sorted(self.mails.glob("*")):
                for mail in file.read_text().split("-" * 79):
                    if f"To: {email}" in mail and holding in mail:
                        return mail
            time.sleep(0.2)
        raise AssertionError(f"no mail to {email} that holds {holding!r}")

    def link_in(self, mail: str, *, path: str) -> str:
        """The first address in a mail whose path starts like this."""
        text = mail.replace("=\n", "").replace("=3D", "=")
        for address in re.findall(r"https?://[^\s\"<>]+", text):
            if urlsplit(address).path.startswith(path):
                return address
        raise AssertionError(f"no link to {path} in:\n{text}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _own_database(suffix: str, folder: Path) -> str:
    """A new database of the server that the tests use, or an SQLite file."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("mysql"):
        return f"sqlite:///{folder / 'browser.sqlite3'}"
    parts = urlsplit(url)
    # Beside the database of the other tests, so that two runs on one server stay apart.
    name = f"test_{parts.path.strip('/')}_{suffix}"
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(
            f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"
        )
    return parts._replace(path=f"/{name}").geturl()


def _wait_ready(port: int, *processes: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert all(process.poll() is None for process in processes), "a process ended at its start"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready"):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("the instance did not become ready")


def _own_cache() -> dict[str, str]:
    """Another Redis database than that of `shop`: both cache pages of the same addresses."""
    server, _, number = os.environ.get("REDIS_URL", "").rpartition("/")
    return {"REDIS_URL": f"{server}/{(int(number or 0) + 30) % 64}"} if server else {}


@contextmanager
def _instance(name: str, folder: Path, worker_id: str, **more: str) -> Iterator[Shop]:
    """A web server and a worker over a new database; sandbox payments; mail into a folder."""
    port = _free_port()
    mails = folder / "mails"
    mails.mkdir()
    environment = os.environ | {
        "DATABASE_URL": _own_database(f"{name}_{worker_id}", folder),
        "DATA_DIR": str(folder),
        "MARKET_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "market.settings",
        "MARKET_PORT": str(port),
        "SANDBOX_WEBHOOK_ADDRESS": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "only-for-tests",
        "EMAIL_URL": f"filemail:///{mails}",  # one slash is eaten by the parser
        "LOG_LEVEL": "WARNING",
        **more,
    }
    here = Shop(environment=environment, port=port, mails=mails)
    here.manage("migrate", "--verbosity", "0")
    here.manage("sync_sites")
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "market.wsgi", "--bind", f"127.0.0.1:{port}",
         "--workers", "1", "--threads", "8", "--log-level", "warning"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    worker = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=environment)
    try:
        _wait_ready(port, web, worker)
        yield here
    finally:
        for process in (web, worker):
            process.terminate()
        for process in (web, worker):
            process.wait(timeout=60)


@pytest.fixture(scope="session")
def shop(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Shop]:
    """Marketplaces without items."""
    with (
        django_db_blocker.unblock(),
        _instance("browser", tmp_path_factory.mktemp("shop"), worker_id) as here,
    ):
        yield here


@pytest.fixture(scope="session")
def demo_shop(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Shop]:
    """Two items of the demo on each marketplace, which no test changes; see page_kinds.py."""
    with (
        django_db_blocker.unblock(),
        _instance("windows", tmp_path_factory.mktemp("demo"), worker_id, **_own_cache()) as here,
    ):
        here.manage("load_demo", *(f"--only={one}" for one in page_kinds.DEMO_ITEMS))
        yield here


@pytest.fixture(scope="session")
def windows(demo_shop: Shop) -> page_kinds.Windows:
    """The demo with an object in each state that has a page of its own."""
    return page_kinds.prepare(demo_shop)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox", "--disable-quic", "--disable-background-networking",
            "--disable-component-update", "--no-first-run",
        ],
    }  # fmt: skip
