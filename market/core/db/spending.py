"""What a thread's connections have spent so far, for the log of each request."""

from django.db import connections

from market.core.spending import NOTHING, Spent


def spent() -> Spent:
    """Statements, on the writer and on a reader; nothing on SQLite, which is not measured."""
    found = [getattr(one, "spent", NOTHING) for one in connections.all(initialized_only=True)]
    return Spent(sum(one.calls for one in found), sum(one.seconds for one in found))
