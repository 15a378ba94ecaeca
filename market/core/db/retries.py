"""Transactions that a deadlock ended are done again, whole: nobody sees it.

Only the outermost one can be: inside another, what came before it is gone as well. What was
enqueued in it is rolled back with it. After a lost connection nothing is repeated: whether the
COMMIT arrived is unknown (look it up by key).
"""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog
from django.db import OperationalError, transaction

P = ParamSpec("P")
R = TypeVar("R")

logger = structlog.get_logger(__name__)
# Chosen as a deadlock's victim; waited for a lock for too long.
DEADLOCK, LOCK_WAIT = 1213, 1205
TIMES = 3
PAUSE_SECONDS = 0.02


def retried(function: Callable[P, R]) -> Callable[P, R]:
    """As `transaction.atomic`, and up to three times when the database gave a lock to others."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, TIMES):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if not _may_be_repeated(error):
                    raise
                logger.warning("transaction_repeated", of=function.__qualname__, attempt=attempt)
            # Those that met come back at different times, the later the further apart.
            time.sleep(random.uniform(0, PAUSE_SECONDS * 2**attempt))  # noqa: S311
        with transaction.atomic():
            return function(*args, **kwargs)

    return call


def _may_be_repeated(error: OperationalError) -> bool:
    if transaction.get_connection().in_atomic_block:
        return False
    return bool(error.args) and error.args[0] in (DEADLOCK, LOCK_WAIT)
