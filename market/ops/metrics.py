"""Numbers for the Datadog agent on this host.

Sending never waits and never fails: UDP, and off without STATSD_HOST. Tags are few and bounded:
never a person, an item, an order or a raw path.
"""

from collections.abc import Mapping
from functools import cache

from datadog.dogstatsd.base import DogStatsd
from django.conf import settings


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
        client.timing(name, milliseconds, tags=[f"{key}:{value}" for key, value in tags.items()])


def count(name: str, *, tags: Mapping[str, str]) -> None:
    client = _client()
    if client is not None:
        client.increment(name, tags=[f"{key}:{value}" for key, value in tags.items()])


def gauge(name: str, value: float) -> None:
    client = _client()
    if client is not None:
        client.gauge(name, value)
