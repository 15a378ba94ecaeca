"""How long each call of a gateway takes, and how it ends, whichever gateway it is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from market.core import metrics
from market.payments.errors import GatewayRefused


@contextmanager
def measured(gateway: str) -> Iterator[None]:
    """`answered`, `refused` (a definite no) or `away`: it gave no answer that we can use."""
    started = time.monotonic()
    outcome = "away"
    try:
        yield
        outcome = "answered"
    except GatewayRefused:
        outcome = "refused"
        raise
    finally:
        tags = {"gateway": gateway, "outcome": outcome}
        metrics.timing("gateway", (time.monotonic() - started) * 1000, tags=tags)
