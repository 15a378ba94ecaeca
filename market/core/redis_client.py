"""How django-redis speaks to Redis: by redis-py, and what its calls take and lose is counted."""

import threading
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError

from market.core import metrics
from market.core.spending import NOTHING, Spent


class _Here(threading.local):
    spent = NOTHING


_here = _Here()


def spent() -> Spent:
    """Round trips to Redis of this thread; nothing where the cache is a folder."""
    return _here.spent


class MeasuredRedis(Redis):
    def execute_command(self, *args: Any, **options: Any) -> Any:
        return _noted(super().execute_command, *args, **options)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        return _MeasuredPipeline(
            self.connection_pool, self.response_callbacks, transaction, shard_hint
        )


class _MeasuredPipeline(Pipeline):
    """Its commands are collected, and travel together in the one call that is counted."""

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        answers: list[Any] = _noted(super().execute, raise_on_error)
        return answers


def _noted(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    started = time.perf_counter()
    try:
        return call(*args, **options)
    except RedisError as error:
        metrics.count("cache.errors", tags={"error": type(error).__name__})
        raise
    finally:
        _here.spent = _here.spent.plus(time.perf_counter() - started)
