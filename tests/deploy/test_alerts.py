"""Monitors fire when they must, and else keep quiet: made-up minutes, by their definitions.

Windows, sums and thresholds are read from deploy/datadog; what is played here is Datadog's
arithmetic, as its documentation describes it, with a value a minute. Datadog itself was not asked.
"""

import json
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import pytest

from tests.deploy.hosts import PROJECT

FOLDER = PROJECT / "deploy" / "datadog"
MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
QUERY = re.compile(
    r"(?P<how>sum|min|max)\(last_(?P<window>\w+)\):.* (?P<sign>[<>]) (?P<limit>[\d.]+)"
)
BURN = re.compile(
    r'burn_rate\("\{slo:(?P<slo>\w+)\}"\)\.over\("30d"\)'
    r'\.long_window\("(?P<long>\w+)"\)\.short_window\("(?P<short>\w+)"\) > (?P<limit>[\d.]+)'
)
SIGNS = {"<": operator.lt, ">": operator.gt}


def definition(name: str) -> dict:
    return json.loads((FOLDER / "monitors" / f"{name}.json").read_text())


def minutes(window: str) -> int:
    return int(window[:-1]) * MINUTES[window[-1]]


class Case(NamedTuple):
    """What is told each minute: a number, or one and the whole that it is a part of."""

    well: tuple[float, ...]
    ill: tuple[float, ...]
    within: int


CASES = {
    "cache-errors": Case((0,), (30,), within=5),
    "cache-misses": Case((20, 100), (90, 100), within=15),
    "database-errors": Case((0,), (20,), within=5),
    "dead-jobs": Case((0,), (1,), within=1),
    "gateway-away": Case((0,), (5,), within=5),
    "jobs-wait": Case((30,), (700,), within=10),
    "ledger-faults": Case((0,), (1,), within=1),
    "no-sales": Case((2,), (0,), within=30),
    "reviews-wait": Case((86_400,), (700_000,), within=60),
    "slow-pages": Case((300,), (2_000,), within=10),
    "webhooks-wait": Case((5,), (120,), within=5),
}


def fires(name: str) -> tuple[int, Callable[[Sequence[tuple[float, ...]]], bool]]:
    """How many minutes a query looks back, and whether it is true of them."""
    found = QUERY.fullmatch(definition(name)["query"])
    assert found, name
    how = {"sum": sum, "min": min, "max": max}[found["how"]]

    def is_true(told: Sequence[tuple[float, ...]]) -> bool:
        values = [how(column) for column in zip(*told, strict=True)]
        value = values[0] / values[1] if len(values) == 2 else values[0]
        return SIGNS[found["sign"]](value, float(found["limit"]))

    return minutes(found["window"]), is_true


@pytest.mark.parametrize("name", CASES)
def test_a_monitor_is_quiet_until_something_is_wrong_and_then_soon_fires(name):
    case = CASES[name]
    window, is_true = fires(name)
    told = [case.well] * window
    assert not is_true(told)

    for _ in range(case.within):
        told = [*told[1:], case.ill]
        if is_true(told):
            break
    else:
        pytest.fail(f"quiet for {case.within} minutes")

    for _ in range(window):
        told = [*told[1:], case.well]
    assert not is_true(told), "it ends when it is over"


def test_every_monitor_is_tried_here():
    burning = {path.stem for path in (FOLDER / "monitors").glob("*-budget-*.json")}
    named = {path.stem for path in (FOLDER / "monitors").glob("*.json")}

    assert named == CASES.keys() | burning | {"numbers-missing"}


def test_silence_is_told_too():
    options = definition("numbers-missing")["options"]

    assert options["notify_no_data"] is True
    assert options["no_data_timeframe"] <= 20


class Budget:
    """The answers of an objective, a share of errors a minute; which of its monitors fire."""

    def __init__(self, slo: str) -> None:
        target = json.loads((FOLDER / "slos" / f"{slo}.json").read_text())["thresholds"][0]
        self.share = 1 - target["target"] / 100
        self.sums = [0.0]
        self.monitors = {
            path.stem.rpartition("-")[2]: found
            for path in (FOLDER / "monitors").glob(f"{slo}-budget-*.json")
            if (found := BURN.fullmatch(json.loads(path.read_text())["query"]))
        }
        self.tell(0.0, 3 * 24 * 60)

    def tell(self, errors: float, length: int = 1) -> None:
        for _ in range(length):
            self.sums.append(self.sums[-1] + errors)

    def burns(self, window: str) -> float:
        length = minutes(window)
        return (self.sums[-1] - self.sums[-1 - length]) / length / self.share

    def firing(self) -> set[str]:
        return {
            name
            for name, one in self.monitors.items()
            if min(self.burns(one["long"]), self.burns(one["short"])) > float(one["limit"])
        }

    def until(self, name: str, rate: float) -> int:
        """Minutes of that burn rate after which it fires."""
        for minute in range(1, 4 * 24 * 60):
            self.tell(rate * self.share)
            if name in self.firing():
                return minute
        raise AssertionError(f"{name} never fires at {rate}")


@pytest.fixture(params=["browse", "checkout"])
def budget(request) -> Iterator[Budget]:
    made = Budget(request.param)
    assert made.monitors.keys() == {"fast", "slow", "steady"}
    assert made.firing() == set()
    return made


def test_an_outage_wakes_somebody_within_six_minutes(budget):
    assert budget.until("fast", rate=1 / budget.share) <= 6


def test_half_of_the_answers_failing_wakes_somebody_within_six_minutes(budget):
    assert budget.until("fast", rate=0.5 / budget.share) <= 6


def test_what_burns_as_fast_as_a_monitor_allows_is_found_within_its_long_window(budget):
    for name, one in budget.monitors.items():
        taken = Budget(one["slo"]).until(name, rate=float(one["limit"]) * 1.05)
        assert taken <= minutes(one["long"]), name


@pytest.mark.parametrize("rate", [0.5, 0.9])
def test_what_the_budget_bears_wakes_nobody(budget, rate):
    for _ in range(4 * 24):
        budget.tell(rate * budget.share, 60)
        assert budget.firing() == set()


def test_a_page_ends_soon_after_the_outage(budget):
    budget.until("fast", rate=1 / budget.share)
    budget.tell(0.0, 6)

    assert "fast" not in budget.firing()
