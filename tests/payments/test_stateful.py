"""Whatever happens in whatever order, no cent is made, lost or given twice.

By the real services and the sandbox gateway, on the database of the tests. The long form plays
STATEFUL_STEPS (100,000) steps from STATEFUL_SEED on, within STATEFUL_SECONDS if that is given.
"""

import os
import sys
import time

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.payments.money_machine import MoneyMachine
from tests.payments.money_world import make_world

pytestmark = pytest.mark.django_db
A_RUN = 50  # steps


@pytest.fixture(autouse=True)
def _world(settings, sites):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""
    settings.PAYOUT_THRESHOLD_CENTS = {"connect": 100, "bank": 100}
    MoneyMachine.world = make_world()
    MoneyMachine.steps_taken = 0


def play(*, runs: int, number: int) -> None:
    run_state_machine_as_test(
        seed(number)(MoneyMachine),
        settings=settings(
            max_examples=runs,
            stateful_step_count=A_RUN,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_two_thousand_steps():
    number = int(os.environ.get("STATEFUL_SEED", "4"))
    while MoneyMachine.steps_taken < 2000:  # a run may be shorter
        play(runs=10, number=number)
        number += 1


@pytest.mark.long
def test_a_hundred_thousand_steps():
    wanted = int(os.environ.get("STATEFUL_STEPS", "100000"))
    first = int(os.environ.get("STATEFUL_SEED", "20261123"))
    until = time.monotonic() + float(os.environ.get("STATEFUL_SECONDS", "inf"))
    number = first
    while MoneyMachine.steps_taken < wanted and time.monotonic() < until:
        play(runs=20, number=number)
        number += 1
        sys.stderr.write(f"\rseeds {first}-{number - 1}: {MoneyMachine.steps_taken} steps")

    assert MoneyMachine.steps_taken >= wanted or time.monotonic() >= until
