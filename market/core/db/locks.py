import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections


class LockTaken(Exception):
    """Somebody else held the lock for as long as we waited."""


@contextmanager
def named_lock(name: str, *, wait_seconds: int) -> Iterator[None]:
    """Hold a lock that all processes on this database share. Raises LockTaken.

    On a connection of its own: the work inside may lose and renew its connections. The database
    gives the lock back when the process dies.
    """
    if connections["default"].vendor == "mysql":
        with _mysql_lock(name, wait_seconds):
            yield
    else:
        with _file_lock(settings.DATA_DIR / f"{name}.lock"):
            yield


@contextmanager
def _mysql_lock(name: str, wait_seconds: int) -> Iterator[None]:
    connection = connections.create_connection("default")
    # As long as the wait and the work take; the web's limits are seconds.
    connection.settings_dict = allow_long_statements(connection.settings_dict)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET SESSION wait_timeout=86400")
            cursor.execute("SELECT GET_LOCK(%s, %s)", [f"market:{name}", wait_seconds])
            if cursor.fetchone() != (1,):
                raise LockTaken(name)
        yield
    finally:
        connection.close()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def allow_long_statements(settings_dict: dict[str, object]) -> dict[str, object]:
    """The settings of a MySQL connection whose statements may take hours (ALTER TABLE)."""
    options = settings_dict["OPTIONS"]
    assert isinstance(options, dict)  # noqa: S101  # for the type checker
    return settings_dict | {"OPTIONS": options | {"read_timeout": 86400, "write_timeout": 3600}}
