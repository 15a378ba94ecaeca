"""Web servers and Redis on free ports, ended with the block that started them."""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from script.lib.production import ROOT, Instance, free_port, production_environment

CONFIG = ROOT / "deploy" / "gunicorn.conf.py"
START_SECONDS = 120
WORKERS, THREADS = 2, 4
BARE_KEY = "bare:"  # what rig.bare answers from Redis: this, and the rest of its path
# Load that comes from one address: what keeps guessers away must not refuse it.
NO_LIMITS = {
    "LIMIT_SIGN_IN": "1000000/60", "LIMIT_FAILED_SIGN_IN": "1000000/60", "LIMIT_API": "1000000/min",
}  # fmt: skip


@dataclass(frozen=True)
class Server:
    port: int
    pid: int


@contextmanager
def scratch_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        yield Path(name)


def product(folder: Path, database: str, redis: str, **more: str) -> Instance:
    """The application as in production, its static files collected in `folder`."""
    port = free_port()
    environment = production_environment(folder, port)
    environment.pop("STORAGE_URL", None)
    # Building it takes as long as filling the database: it is kept like that.
    index = Path(tempfile.gettempdir()) / f"benchmark-index-{urlsplit(database).path.lstrip('/')}"
    named = {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SEARCH_INDEX_URL": f"tantivy://{index}",
    }
    here = Instance(environment | NO_LIMITS | named | more, port)
    if not (folder / "static").exists():
        here.manage("collectstatic", "--noinput", "--verbosity", "0")
    return here


@contextmanager
def gunicorn(
    app: str,
    environment: Mapping[str, str],
    *,
    port: int,
    python: str = sys.executable,
    log: Path | None = None,
) -> Iterator[Server]:
    """Any WSGI application by the product's own gunicorn settings."""
    output = log.open("wb") if log else None
    web = subprocess.Popen(
        [python, "-m", "gunicorn", "--config", str(CONFIG), "--log-level", "warning", app],
        cwd=ROOT,
        env={
            **environment,
            "WEB_ADDRESS": "127.0.0.1",
            "WEB_PORT": str(port),
            "WEB_WORKERS": str(WORKERS),
            "WEB_THREADS": str(THREADS),
        },
        stdout=output,
    )
    try:
        _wait(web, port)
        yield Server(port, web.pid)
    finally:
        _end(web)
        if output:
            output.close()


def _wait(web: "subprocess.Popen[bytes]", port: int) -> None:
    """Until it answers anything."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if web.poll() is not None:
            raise RuntimeError("the web server ended at its start; its messages are above")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/health/live")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError("the web server did not become ready")


@contextmanager
def redis(folder: Path, *, megabytes: int = 512) -> Iterator[tuple[str, int]]:
    """An empty Redis that forgets what was not used for longest; (its address, its pid)."""
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
         "--save", "", "--maxmemory", f"{megabytes}mb", "--maxmemory-policy", "allkeys-lru"],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield f"redis://127.0.0.1:{port}/0", server.pid
    finally:
        _end(server)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=45)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def plain_environment() -> dict[str, str]:
    """Of a server that is not the product: nothing of ours but the way to the packages."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PYTHONPATH": str(ROOT)
    }
