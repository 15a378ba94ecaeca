"""Keyset pages: page 500 costs what page 1 costs, and a new row shifts nothing."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


class BadCursor(ValueError):
    """The cursor in the address was not made by us."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list; `next_cursor` is None on the last one, `previous_cursor` on the first."""

    rows: Sequence[T]
    next_cursor: str | None
    previous_cursor: str | None = None


def encode_cursor(*values: str | int) -> str:
    packed = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> list[str | int]:
    """The values that `encode_cursor` was given; raises BadCursor unless they are of `kinds`."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as error:  # the latter: a thousand brackets
        raise BadCursor(cursor) from error
    fits = isinstance(values, list) and len(values) == len(kinds)
    if not fits or any(type(v) is not k for v, k in zip(values, kinds, strict=True)):
        raise BadCursor(cursor)
    return list(values)
