"""Who may be answered by a reader, and when it has to be the writer.

A reader is asked only by code that says so (`reading`), in a request that has not written: not in
a job, not in a command, not inside a transaction, and not for a visitor who wrote a moment ago,
whom the reader may not have heard of yet. Whatever moves money says nothing, and asks the writer.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connections
from django.db.models import Model

from market.core.db.errors import LOST_ERRORS, REFUSED_ERRORS, error_number
from market.core.db.roles import READER

P = ParamSpec("P")
R = TypeVar("R")
AWAY_SECONDS = 10.0
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class RequestState:
    """What a request did so far. `is_pinned`: it must see what the writer has."""

    is_pinned: bool
    is_reading: bool = False
    has_written: bool = False
    has_fallen_back: bool = False


_request: ContextVar[RequestState | None] = ContextVar("reader_request", default=None)
_away_until = 0.0


class ReaderRouter:
    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        state = _request.get()
        may_read = state is not None and state.is_reading and not state.has_written
        return READER if may_read and not connections["default"].in_atomic_block else None

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        state = _request.get()
        if state is not None:
            state.has_written = True
        return None  # `default`

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Two copies of the same database: rows of both may refer to each other."""
        return True

    def allow_migrate(self, database: str, app_label: str, **hints: Any) -> bool | None:
        return False if database == READER else None


def has_reader() -> bool:
    return READER in connections.settings


def come_back() -> None:
    """Ask a reader that was away, without waiting."""
    global _away_until  # noqa: PLW0603  # one fact about this process
    _away_until = 0.0


@contextmanager
def request(*, is_pinned: bool) -> Iterator[RequestState]:
    """Everything that one visitor asks for at once."""
    state = RequestState(is_pinned=is_pinned)
    token = _request.set(state)
    try:
        yield state
    finally:
        _request.reset(token)


def reads_only(view: Callable[P, R]) -> Callable[P, R]:
    """Of a view that writes nothing: the reader may answer it. It may run twice.

    If the reader fails in the midst of it, the writer answers the whole of it anew. What a view
    hands over to be read later (a streaming response) is read from the writer.
    """

    @wraps(view)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        state = _request.get()
        if state is None or state.is_pinned or not has_reader() or time.monotonic() < _away_until:
            return view(*args, **kwargs)
        state.is_reading = True
        try:
            return view(*args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            if not _is_away(error):
                raise
            _note_away(state, error)
        finally:
            state.is_reading = False
        return view(*args, **kwargs)

    return call


def _is_away(error: Exception) -> bool:
    return isinstance(error, InterfaceError) or error_number(error) in LOST_ERRORS | REFUSED_ERRORS


def _note_away(state: RequestState, error: Exception) -> None:
    global _away_until  # noqa: PLW0603  # one fact about this process
    _away_until = time.monotonic() + AWAY_SECONDS
    state.has_fallen_back = True
    log.warning("reader_away", error=str(error))
