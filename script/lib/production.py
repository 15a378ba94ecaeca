"""An instance with production's settings on this machine, for what measures pages.

What differs from production: plain http, one gunicorn behind no load balancer, HTTP/1.1, the
database, cache and files that the environment names (SQLite, files and a folder if it names none).
Debugging is off, static files are collected, hashed and compressed, hosts are told by their names.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
DROPPED = ("MARKET_HOSTS", "PREVIEWS_BASE_URL", "WHITENOISE_USE_FINDERS", "STATSD_HOST")


@dataclass(frozen=True)
class Instance:
    environment: dict[str, str]
    port: int

    def address(self, host_key: str, path: str = "/") -> str:
        return f"http://{host_key}.localhost:{self.port}{path}"

    def fetch(self, host_key: str, path: str) -> str:
        """A page's HTML; Python may not resolve the names that browsers do."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            headers={"Host": f"{host_key}.localhost:{self.port}"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return str(response.read().decode())

    def manage(self, *arguments: str) -> str:
        """Run a command of `manage.py`; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def run(self, code: str) -> str:
        """Run Python inside the application; returns what it printed."""
        return self.manage("shell", "--no-imports", "-c", code)


def production_environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'market.sqlite3'}",
        **kept,
        "DJANGO_SETTINGS_MODULE": "market.settings",
        "MARKET_ENV": "production",
        "MARKET_DOMAIN": "localhost",
        "MARKET_SCHEME": "http",
        "MARKET_PORT": str(port),
        "TRUSTED_PROXIES": "0",
        "SECRET_KEY": "only-to-measure-pages",
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "DRAIN_FILE": str(folder / "drain"),
        "READY_FREE_DISK_PERCENT": "0",
        "PAYMENTS_URL": "sandbox://",
        "SANDBOX_WEBHOOK_ADDRESS": f"http://127.0.0.1:{port}",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "WARNING",
    }


def prepare(here: Instance, *, items: Sequence[str] | None = None) -> None:
    """Database, static files and the demo; of the demo, `items` alone if some are named."""
    here.manage("migrate", "--verbosity", "0")
    here.manage("sync_sites")
    here.manage("collectstatic", "--noinput", "--verbosity", "0")
    chosen = [argument for item in items or () for argument in ("--only", item)]
    here.manage("load_demo", *chosen, *(["--verbosity", "0"] if items else []))


@contextmanager
def serving(here: Instance, *, workers: int = 2) -> Iterator[Instance]:
    """The web server until the block ends."""
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "market.wsgi", "--bind", f"127.0.0.1:{here.port}",
         "--workers", str(workers), "--threads", "8", "--keep-alive", "75",
         "--log-level", "warning"],
        cwd=ROOT, env=here.environment,
    )  # fmt: skip
    try:
        _wait_ready(here.port, web)
        yield here
    finally:
        web.terminate()
        web.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_ready(port: int, web: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if web.poll() is not None:
            raise RuntimeError("the web server ended at its start; its messages are above")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError("the web server did not become ready")
