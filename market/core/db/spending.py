"""What a thread's connections have spent so far, for the log of each request."""

from typing import NamedTuple

from django.db import connections


class Spent(NamedTuple):
    statements: float
    seconds: float


NOTHING = Spent(0, 0.0)


def spent() -> Spent:
    """Ever growing, as long as the thread lives; nothing on SQLite, which is not measured."""
    found = [getattr(one, "spent", NOTHING) for one in connections.all(initialized_only=True)]
    return Spent(sum(one.statements for one in found), sum(one.seconds for one in found))
