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
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

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
            cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
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


def _own_database(worker_id: str, folder: Path) -> str:
    """A new database of the server that the tests use, or an SQLite file."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("mysql"):
        return f"sqlite:///{folder / 'browser.sqlite3'}"
    name = f"test_browser_{worker_id}"
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(
            f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"
        )
    parts = urlsplit(url)
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


@pytest.fixture(scope="session")
def shop(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[Shop]:
    """Marketplaces without items; sandbox payments; mail into a folder."""
    folder = tmp_path_factory.mktemp("shop")
    port = _free_port()
    mails = folder / "mails"
    mails.mkdir()
    with django_db_blocker.unblock():
        database = _own_database(worker_id, folder)
    environment = os.environ | {
        "DATABASE_URL": database,
        "DATA_DIR": str(folder),
        "MARKET_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "market.settings",
        "MARKET_PORT": str(port),
        "SANDBOX_WEBHOOK_ADDRESS": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "only-for-tests",
        "EMAIL_URL": f"filemail:///{mails}",  # one slash is eaten by the parser
        "LOG_LEVEL": "WARNING",
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
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox", "--disable-quic", "--disable-background-networking",
            "--disable-component-update", "--no-first-run",
        ],
    }  # fmt: skip
