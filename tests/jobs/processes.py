"""Real workers as processes on the test's own database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


def database_url() -> str:
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    socket = at["OPTIONS"].get("unix_socket")
    login = at["USER"] + (f":{at['PASSWORD']}" if at["PASSWORD"] else "")
    address = f"mysql://{login}@{at['HOST']}:{at['PORT'] or 3306}/{at['NAME']}"
    return f"{address}?socket={socket}" if socket else address


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, killed with its children when the block ends."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "WARNING",
        },
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def worker(*options: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    return running("manage.py", "work", "--no-schedule", *options)


def wait_for(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def words(path: Path) -> list[str]:
    return path.read_text().split("\n")[:-1] if path.exists() else []
