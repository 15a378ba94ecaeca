"""A kept page as bytes: a line of JSON, then the body as it is sent.

No pickle: who can write to Redis must not be able to run code here.
"""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpResponse

# Pages that were rendered together are not due again together.
JITTER = 0.1
# How often its fresh time a page is kept after that, to be shown while one refills it.
STALE_TIMES = 4


@dataclass(frozen=True)
class Entry:
    """`values` are those of the generations; `fresh_until` is seconds since the epoch."""

    headers: Mapping[str, str]
    body: bytes
    values: tuple[str, ...]
    fresh_until: float

    @property
    def is_fresh(self) -> bool:
        return time.time() < self.fresh_until

    def to_bytes(self) -> bytes:
        head = {"headers": dict(self.headers), "values": self.values, "until": self.fresh_until}
        return json.dumps(head).encode() + b"\n" + self.body

    def to_response(self) -> HttpResponse:
        response = HttpResponse(self.body)
        # They were checked when they were first set: to set them again takes 25 µs.
        response.headers._store = dict(self._checked_headers)
        return response

    @cached_property
    def _checked_headers(self) -> dict[str, tuple[str, str]]:
        return HttpResponse(headers=self.headers).headers._store


def entry_of(response: HttpResponse, *, values: tuple[str, ...], fresh_seconds: int) -> Entry:
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # spreads load, guards nothing
    return Entry(
        headers=dict(response.items()),
        body=response.content,
        values=values,
        fresh_until=time.time() + fresh_seconds * spread,
    )


def read_entry(stored: object) -> Entry | None:
    """None for what is none: nothing there, or bytes of somebody else."""
    if not isinstance(stored, bytes):
        return None
    head, _, body = stored.partition(b"\n")
    try:
        said = json.loads(head)
        return Entry(said["headers"], body, tuple(said["values"]), said["until"])
    except (ValueError, KeyError, TypeError):
        return None
