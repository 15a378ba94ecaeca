"""Bundles through all events of CodeDeploy: again, broken ones, and back."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.deploy.agent import EVENTS, Agent
from tests.deploy.hosts import HOOKS, HookFailed

# What it may take until a host that cannot become ready is given up.
READY_SECONDS = "6"


@pytest.fixture(scope="module")
def first(make_archive):
    return make_archive("r1")


@pytest.fixture(scope="module")
def agent(make_host, first):
    host = make_host(MARKET_READY_SECONDS=READY_SECONDS)
    agent = Agent(host)
    host.migrate()
    try:
        agent.deploy(first)
        yield agent
    finally:
        host.stop()


@pytest.fixture
def serving(agent, first):
    """The first release at work, whatever another test left."""
    if agent.host.ready() != 200 or agent.host.revision() != "r1":
        agent.deploy(first)
    return agent


def web_process(agent: Agent) -> str:
    return (agent.host.root / "run" / "market-web.service.pid").read_text()


def test_a_bundle_goes_through_every_event_and_may_come_again(serving, first, make_archive):
    assert serving.deploy(first) == list(EVENTS)
    assert serving.host.revision() == "r1"

    serving.deploy(make_archive("r2"))
    assert serving.host.revision() == "r2"

    serving.deploy(first)  # a rollback is a deployment of the older bundle
    assert serving.host.revision() == "r1"
    assert serving.host.current() == "releases/r1"
    log = (serving.host.root / "market-web.service.log").read_text()
    assert "Handling signal: term" in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("revision", "broken", "event"),
    [
        ("no-check", "market/settings.py", "AfterInstall"),
        ("no-start", "market/wsgi.py", "ValidateService"),
    ],
)
def test_a_broken_release_leaves_the_one_before_serving(
    serving, make_archive, revision, broken, event
):
    process = web_process(serving)

    with pytest.raises(HookFailed, match=event):
        serving.deploy(make_archive(revision, {broken: "raise SystemExit('broken')\n"}))

    serving.host.wait_until_ready()
    assert serving.host.revision() == "r1"
    assert serving.host.current() == "releases/r1"
    untouched = web_process(serving) == process
    assert untouched == (event == "AfterInstall"), "what fails early has stopped nothing"


def test_units_that_do_not_start_go_back_at_once(serving, make_archive):
    unit = (HOOKS.parent / "systemd" / "market-web.service").read_text()
    moved = unit.replace("venv/bin/gunicorn", "venv/bin/no-such-program")

    with pytest.raises(HookFailed, match=r"(?s)ApplicationStart.*going back to r1"):
        serving.deploy(make_archive("no-unit", {"deploy/systemd/market-web.service": moved}))

    serving.host.wait_until_ready()
    assert serving.host.revision() == "r1"


def test_a_first_release_that_is_broken_has_nothing_to_go_back_to(make_host, make_archive):
    host = make_host(MARKET_READY_SECONDS="1")
    host.migrate()
    broken = make_archive("never", {"market/wsgi.py": "raise SystemExit('broken')\n"})

    try:
        with pytest.raises(HookFailed, match=r"(?s)ValidateService.*no earlier release"):
            Agent(host).deploy(broken)
    finally:
        host.stop()


@pytest.mark.long
def test_hooks_that_are_killed_anywhere_reach_the_same_state_when_repeated(serving, make_archive):
    serving.deploy(make_archive("r2"))
    chance = random.Random(7)
    for round_number in range(10):
        name = ("after_install", "application_start")[round_number % 2]
        host = serving.host
        host.hook("before_install")
        host.bundle(f"r{3 + round_number % 2}")
        process = subprocess.Popen(
            [HOOKS / name], env=host.shell_environment(), start_new_session=True
        )
        time.sleep(chance.uniform(0.05, 3))
        os.killpg(process.pid, signal.SIGKILL)  # as the agent: the script and what it runs
        process.wait()
        for hook in ("after_install", "application_start", "validate_service"):
            host.hook(hook)
        assert host.current() == f"releases/r{3 + round_number % 2}"
        assert not list(Path(host.base).glob("*.new"))
