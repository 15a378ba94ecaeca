"""How often somebody may try something, counted in fixed windows of time.

Counts stand in the cache, for all hosts together; while Redis is away each process counts for
itself. Forgetting a count is harmless, refusing everybody is not.
"""

import time
from collections import Counter
from threading import Lock

from django.conf import settings
from django.core.cache import cache

from market.core.ids import token_hash

_MAX_LOCAL_COUNTS = 10_000
_local_counts: Counter[str] = Counter()
_lock = Lock()


def take(limit: str, key: str) -> bool:
    """Count one more try of `key`; False when that is more than settings.LIMITS allows."""
    allowed, name, seconds = _window(limit, key)
    return _add(name, 1, seconds) <= allowed


def give_back(limit: str, key: str) -> None:
    """Undo a `take`: the try turned out to be a good one."""
    _, name, seconds = _window(limit, key)
    _add(name, -1, seconds)


def forget(limit: str, key: str) -> None:
    _, name, _ = _window(limit, key)
    cache.delete(name)
    with _lock:
        _local_counts.pop(name, None)


def seconds_left(limit: str) -> int:
    """Until the window of now ends and everybody may try again."""
    seconds = int(settings.LIMITS[limit].partition("/")[2])
    return seconds - int(time.time()) % seconds


def _window(limit: str, key: str) -> tuple[int, str, int]:
    allowed, _, seconds = settings.LIMITS[limit].partition("/")
    window = int(time.time()) // int(seconds)
    return int(allowed), f"limit:{limit}:{window}:{token_hash(key)}", int(seconds)


def _add(name: str, amount: int, seconds: int) -> int:
    cache.add(name, 0, seconds)
    try:
        count: int | None = cache.incr(name, amount)
    except ValueError:  # it ran out in between
        return amount
    # With IGNORE_EXCEPTIONS django-redis answers None when Redis is away.
    return _add_locally(name, amount) if count is None else count


def _add_locally(name: str, amount: int) -> int:
    with _lock:
        if len(_local_counts) >= _MAX_LOCAL_COUNTS and name not in _local_counts:
            _local_counts.clear()
        _local_counts[name] += amount
        return _local_counts[name]
