from collections.abc import Sequence

from market.jobs import services


def run_jobs(queues: Sequence[str] | None = None, *, raise_errors: bool = True) -> int:
    """Work off what is due, and what it enqueues in turn; returns how many jobs ran."""
    return services.run_ready(queues=queues, raise_errors=raise_errors)
