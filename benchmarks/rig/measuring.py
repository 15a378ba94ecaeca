"""Several subjects asked in turn, so that all of them meet the same moments of the machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.rig import load, usage
from benchmarks.rig.load import Outcome, Request
from benchmarks.rig.servers import Server


@dataclass(frozen=True)
class Subject:
    """Something that a server is asked for."""

    name: str
    server: Server
    requests: Sequence[Request]


@dataclass(frozen=True)
class Measured:
    """`cpu_ms` is the server's processor time a request, which busy neighbours change less."""

    outcome: Outcome
    cpu_ms: float

    @property
    def per_second(self) -> float:
        return self.outcome.per_second

    def as_json(self) -> dict[str, object]:
        return self.outcome.as_json() | {"cpu_ms": self.cpu_ms}


def measure(subjects: Sequence[Subject], *, seconds: float, rounds: int) -> Mapping[str, Measured]:
    """The middle round of each, by requests a second. Any error ends it."""
    for one in subjects:
        _look(one)
        load.run(one.server.port, one.requests, seconds=2)  # warm
    found: dict[str, list[Measured]] = {one.name: [] for one in subjects}
    for _ in range(rounds):
        for one in subjects:
            found[one.name].append(_ask(one, seconds))
    return {name: _middle(rounds) for name, rounds in found.items()}


def _look(subject: Subject) -> None:
    """That each address has a page."""
    for request in subject.requests:
        status, _headers, body = load.fetch(subject.server.port, request)
        if status != 200 or not body:
            raise SystemExit(f"{subject.name}: {request.path} answered {status}")


def _ask(subject: Subject, seconds: float) -> Measured:
    before = usage.cpu_seconds(subject.server.pid)
    outcome = load.run(subject.server.port, subject.requests, seconds=seconds)
    if outcome.error_count or not outcome.requests:
        raise SystemExit(f"{subject.name}: {outcome.requests} requests, {outcome.errors}")
    spent = usage.cpu_seconds(subject.server.pid) - before
    return Measured(outcome, 1000 * spent / outcome.requests)


def _middle(rounds: Sequence[Measured]) -> Measured:
    wanted = median(one.per_second for one in rounds)
    return min(rounds, key=lambda one: abs(one.per_second - wanted))
