"""Numbers for the Datadog agent on this host.

Sending never waits and never fails: UDP, and off without STATSD_HOST. Tags are few and bounded:
never a person, an item, an order or a raw path. Every number is in the catalogue, which a test
holds against the calls in the code and against the dashboards and monitors in deploy/datadog.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from datadog.dogstatsd.base import DogStatsd
from django.conf import settings

NO_TAGS: Mapping[str, str] = {}


class Kind(StrEnum):
    COUNT = "count"
    GAUGE = "gauge"
    TIMING = "timing"
    """In milliseconds; a distribution, so that percentiles are those of all hosts together."""


class Metric(NamedTuple):
    kind: Kind
    tags: frozenset[str]
    means: str


def _metric(kind: Kind, means: str, *tags: str) -> Metric:
    return Metric(kind, frozenset(tags), means)


# `site`: a marketplace's slug or another of our hosts (`account`). Datadog keeps `host` for itself.
CATALOGUE: dict[str, Metric] = {
    "request": _metric(Kind.TIMING, "an answer", "site", "route", "status"),
    "database": _metric(Kind.TIMING, "all statements of a request", "site", "route"),
    "database.errors": _metric(Kind.COUNT, "statements that failed, by error number", "error"),
    "database.reader_away": _metric(Kind.COUNT, "a reader that failed; the writer answered"),
    "cache": _metric(Kind.TIMING, "all round trips to Redis of a request", "site", "route"),
    "cache.errors": _metric(Kind.COUNT, "round trips that failed, by kind of error", "error"),
    "page_cache": _metric(Kind.COUNT, "where a public page came from", "result", "site"),
    "job": _metric(Kind.TIMING, "one attempt of a job", "task", "queue", "outcome"),
    "jobs.age": _metric(Kind.GAUGE, "seconds that the oldest due job has waited", "queue"),
    "jobs.due": _metric(Kind.GAUGE, "jobs that are due", "queue"),
    "jobs.dead": _metric(Kind.GAUGE, "jobs that used up their attempts"),
    "gateway": _metric(Kind.TIMING, "a call of the payment gateway", "gateway", "outcome"),
    "webhooks.age": _metric(Kind.GAUGE, "seconds that the gateway's oldest report has waited"),
    "sales": _metric(Kind.COUNT, "orders that were paid"),
    "sales.items": _metric(Kind.COUNT, "licences in them", "site"),
    "sales.cents": _metric(Kind.COUNT, "what they cost, tax included", "site"),
    "downloads": _metric(Kind.COUNT, "times that a buyer was sent to a file"),
    "uploads": _metric(Kind.COUNT, "files that authors brought", "site"),
    "review.age": _metric(Kind.GAUGE, "seconds that the oldest submitted version has waited"),
    "review.waiting": _metric(Kind.GAUGE, "versions that wait for a reviewer"),
    "ledger.faults": _metric(Kind.GAUGE, "what the last whole check of the ledger found"),
    "release.started": _metric(Kind.COUNT, "a host began to serve a release"),
}


@cache
def _client() -> DogStatsd | None:
    if not settings.STATSD_HOST:
        return None
    return DogStatsd(
        host=settings.STATSD_HOST,
        port=settings.STATSD_PORT,
        namespace="market",
        constant_tags=[f"version:{settings.REVISION}"],
        disable_telemetry=True,
    )


def timing(name: str, milliseconds: float, *, tags: Mapping[str, str]) -> None:
    client = _client()
    if client is not None:
        client.distribution(name, milliseconds, tags=_listed(tags))


def count(name: str, value: int = 1, *, tags: Mapping[str, str] = NO_TAGS) -> None:
    client = _client()
    if client is not None:
        client.increment(name, value, tags=_listed(tags))


def gauge(name: str, value: float, *, tags: Mapping[str, str] = NO_TAGS) -> None:
    client = _client()
    if client is not None:
        client.gauge(name, value, tags=_listed(tags))


def event(title: str, text: str) -> None:
    """A line on every dashboard."""
    client = _client()
    if client is not None:
        client.event(title, text, alert_type="info")


def _listed(tags: Mapping[str, str]) -> list[str]:
    return [f"{key}:{value}" for key, value in tags.items()]
