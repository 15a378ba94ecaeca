"""What an operator asks first: the revision, and how each dependency is.

Always bounded: every probe runs in a thread and is given up after PROBE_SECONDS, whatever the
dependency does.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import NotRequired, TypedDict

import redis
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from market.core import storage
from market.core.db.roles import is_read_only
from market.discovery import search
from market.items.selectors.changes import last_position
from market.jobs.selectors import queue_ages

PROBE_SECONDS = 3.0


class Report(TypedDict):
    """`details` of a probe that failed or was given up is absent."""

    ok: bool
    milliseconds: NotRequired[float]
    details: NotRequired[object]
    error: NotRequired[str]


class Status(TypedDict):
    revision: str
    ok: bool
    probes: dict[str, Report]


class ProbeFailed(Exception):
    """The dependency answers, but not as it must."""


def status() -> Status:
    deadline = time.monotonic() + PROBE_SECONDS
    running = {name: _pool().submit(_run, probe) for name, probe in _probes().items()}
    reports = {name: _wait(future, deadline) for name, future in running.items()}
    return {
        "revision": settings.REVISION,
        "ok": all(report["ok"] for report in reports.values()),
        "probes": reports,
    }


@cache
def _pool() -> ThreadPoolExecutor:
    """All the threads that a hanging dependency may hold; further probes wait and are given up."""
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="status")


def _probes() -> dict[str, Callable[[], object]]:
    probes: dict[str, Callable[[], object]] = {
        f"database.{alias}": lambda alias=alias: probe_database(alias)  # type: ignore[misc]
        for alias in settings.DATABASES
    }
    probes |= {"migrations": probe_migrations, "queues": queue_ages, "storage": probe_storage}
    if search.is_kept():
        probes["search"] = probe_search
    if settings.REDIS_URL:
        probes["redis"] = probe_redis
    return probes


def _run(probe: Callable[[], object]) -> Report:
    started = time.monotonic()
    try:
        details = probe()
    except Exception as error:  # noqa: BLE001  # whatever is wrong is the answer
        return {"ok": False, "error": f"{type(error).__name__}: {error}"[:200]}
    finally:
        connections.close_all()  # this thread's own
    return {
        "ok": True,
        "milliseconds": round((time.monotonic() - started) * 1000, 1),
        "details": details,
    }


def _wait(future: Future[Report], deadline: float) -> Report:
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        future.cancel()
        return {"ok": False, "error": f"no answer within {PROBE_SECONDS:g} s"}


def probe_database(alias: str) -> dict[str, str]:
    """The writer's role matters most after a failover. Raises ProbeFailed on a demoted writer."""
    role = "reader" if is_read_only(alias) else "writer"
    if alias == "default" and role == "reader":
        raise ProbeFailed("connected to a read-only node: writes fail")
    return {"role": role, "engine": connections[alias].display_name}


def probe_migrations() -> dict[str, object]:
    """Pending migrations are no failure: a release may be older or newer than the schema."""
    loader = MigrationLoader(connections["default"])
    applied = set(loader.applied_migrations)
    pending = sorted(f"{app}.{name}" for app, name in set(loader.graph.nodes) - applied)
    return {"applied": len(applied), "pending": pending}


def probe_redis() -> str:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=1,
        socket_timeout=1,
        single_connection_client=True,
    )
    try:
        client.ping()
    finally:
        client.close()
    return "answers"


def probe_search() -> dict[str, int]:
    """Raises ProbeFailed where this host has no index: search is degraded, all else is not."""
    position = search.engine().position()
    if position is None:
        raise ProbeFailed("no index on this host")
    return {"position": position, "behind": last_position() - position}


def probe_storage() -> str:
    storage.exists("health/probe")
    return "answers"
