"""The CodeDeploy hooks on a host below a temporary folder.

The real scripts and units run; gunicorn and the worker are really started.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy.hosts import HOOKS, HookFailed, Host


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.fixture(scope="module")
def running(make_host: Callable[..., Host]) -> Iterator[Host]:
    """A host that had its first deployment."""
    host = make_host()
    try:
        host.install("r1")
        host.migrate()
        host.hook("application_start")
        host.wait_until_ready()
        yield host
    finally:
        host.stop()


@pytest.fixture
def serving(running: Host) -> Host:
    """The host with its first release at work, whatever another test left of it."""
    incoming = (running.base / "incoming" / "REVISION").read_text().strip()
    if (running.current(), incoming) != ("releases/r1", "r1") or running.ready() != 200:
        running.install("r1")
        running.hook("application_start")
        running.wait_until_ready()
    return running


@pytest.fixture
def release(host: Host) -> Path:
    """An installed release, quickly: nothing in it is ever started."""
    host.hook("before_install")
    (host.base / "incoming" / "REVISION").write_text("r1\n")
    (host.base / "incoming" / "deploy" / "systemd").mkdir(parents=True)
    folder = host.base / "releases" / "r1"
    folder.mkdir()
    (folder / ".complete").touch()
    return folder


def state(host: Host) -> set[str]:
    """Everything below the root that an operator would call the host's state."""
    passing = ("run", "data", "opt/market/incoming")
    paths = (path.relative_to(host.root) for path in host.root.rglob("*"))
    return {
        f"{path} → {(host.root / path).readlink()}"
        if (host.root / path).is_symlink()
        else str(path)
        for path in paths
        if not str(path).startswith(passing) and "__pycache__" not in path.parts
    }


def test_each_hook_may_be_repeated(serving):
    for hook in ("after_install", "application_start", "validate_service"):
        serving.hook(hook)
        serving.wait_until_ready()
        once = state(serving)
        serving.hook(hook)
        serving.wait_until_ready()
        assert state(serving) == once, hook
    serving.migrate()

    assert serving.current() == "releases/r1"
    assert serving.revision() == "r1"


def test_a_deployment_switches_in_one_step(serving):
    seen, done = set(), threading.Event()

    def watch():
        while not done.is_set():
            seen.add((serving.base / "current" / "manage.py").resolve().parent.name)
            time.sleep(0.001)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        serving.install("r2")
        assert serving.current() == "releases/r1", "installing switches nothing"
        assert serving.revision() == "r1", "the old release serves meanwhile"
        serving.hook("application_start")
        serving.hook("validate_service")
    finally:
        done.set()
        watcher.join()

    assert seen == {"r1", "r2"}, "there is always one whole current release"
    assert serving.revision() == "r2"

    # A rollback is a deployment of the older bundle: its release is still there.
    serving.hook("before_install")
    serving.bundle("r1")
    assert "already" in serving.hook("after_install")
    serving.hook("application_start")
    serving.hook("validate_service")
    assert serving.revision() == "r1"


def test_stopping_drains_first(serving):
    answers = []

    stopping = subprocess.Popen([HOOKS / "application_start"], env=serving.shell_environment())
    while stopping.poll() is None:
        try:
            answers.append(serving.get("/health/ready"))
        except OSError:
            answers.append((0, ""))
        time.sleep(0.05)

    statuses = [status for status, _ in answers]
    draining = json.dumps({"ready": False, "failing": ["draining"]})
    assert stopping.returncode == 0
    assert (503, draining) in answers
    assert statuses.count(503) >= 5, "it goes on answering while it drains"
    assert 0 in statuses, "then it ends"
    serving.wait_until_ready()  # a host that starts does not drain


def test_validation_fails_when_the_site_does_not_answer(serving):
    (serving.root / "run" / "market" / "drain").touch()
    host_environment = {"WEB_PORT": str(serving.port)}

    with pytest.raises(HookFailed, match="not ready: 503"):
        serving.run(
            str(serving.base / "current/venv/bin/python"),
            str(serving.base / "current/manage.py"),
            "smoke",
            "--origin",
            f"http://127.0.0.1:{serving.port}",
            extra=serving.environment | host_environment,
        )
    (serving.root / "run" / "market" / "drain").unlink()


def test_an_installation_that_was_cut_off_is_done_again(serving):
    serving.hook("before_install")
    serving.bundle("r3")
    incoming = serving.base / "incoming"
    (incoming / "var" / "static").unlink()  # a bundle made otherwise: the host collects them
    (incoming / "node_modules").unlink()  # less to collect
    shutil.rmtree(incoming / "market" / "static")
    rest = serving.base / "releases" / "r3"
    rest.mkdir()
    (rest / "half").touch()

    serving.hook("after_install")

    assert not (rest / "half").exists()
    assert (rest / ".complete").exists()
    assert (rest / "var" / "static" / "staticfiles.json").exists()


def test_an_incomplete_release_is_never_started(host, release):
    (release / ".complete").unlink()

    with pytest.raises(HookFailed, match="r1 is not installed"):
        host.hook("application_start")

    assert not (host.base / "current").exists()


def test_old_releases_go_but_never_the_one_that_runs(host, release):
    (release / "deploy" / "systemd").mkdir(parents=True)
    for name in ("market-web.service", "market-worker@.service"):
        unit = (HOOKS.parent / "systemd" / name).read_text()
        quick = unit.replace("/opt/market/current/venv/bin/gunicorn", "/bin/true gunicorn")
        quick = quick.replace("/opt/market/current/venv/bin/python", "/bin/true python")
        (release / "deploy" / "systemd" / name).write_text(quick)
    for age in range(1, 6):
        old = release.parent / f"old{age}"
        old.mkdir()
        os.utime(old, (time.time() - age * 100, time.time() - age * 100))
    os.utime(release, (1, 1))

    host.hook("application_start")

    assert {path.name for path in release.parent.iterdir()} == {"r1", "old1", "old2"}
    assert host.systemctl_calls()[-3:] == [
        "daemon-reload",
        "enable --quiet market-web.service market-worker@1.service",
        "restart market-web.service market-worker@1.service",
    ]


@pytest.mark.parametrize("revision", ["../../etc", "a b", "", "$(reboot)", ".hidden"])
def test_a_release_id_is_one_plain_name(host, revision):
    host.hook("before_install")
    (host.base / "incoming" / "REVISION").write_text(f"{revision}\n")

    with pytest.raises(HookFailed, match="no release id"):
        host.hook("after_install")


def make_wheel(folder: Path, content: str) -> str:
    """A wheel of a package that holds one word; returns its hash."""
    file = folder / "shelves_word-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("shelves_word.py", f"WORD = {content!r}\n")
        about = "shelves_word-1.0.dist-info"
        wheel.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: shelves-word\nVersion: 1.0\n"
        )
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_release_gets_the_bundles_wheels_and_no_others(host, release):
    with (host.root / "etc" / "market" / "deploy.conf").open("a") as config:
        config.write(f"MARKET_PYTHON={sys.executable}\n")
    wheels = release / "wheels"
    wheels.mkdir()
    digest = make_wheel(wheels, "shelf")
    (wheels / "requirements.txt").write_text(f"shelves_word==1.0 --hash=sha256:{digest}\n")
    script = f". {HOOKS}/common.sh; make_environment {release}"

    host.run("sh", "-c", script)

    python = str(release / "venv" / "bin" / "python")
    assert host.run(python, "-c", "import shelves_word as w; print(w.WORD)") == "shelf\n"
    make_wheel(wheels, "tampered with")
    shutil.rmtree(release / "venv")
    with pytest.raises(HookFailed, match="HASHES"):
        host.run("sh", "-c", script)


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_the_environment_is_read_without_evaluating_it(host, shell):
    marker = host.root / "evaluated"
    secret = f"a'b\\c $(touch {marker}) `touch {marker}` &|;<>*#= d"
    file = host.root / "etc" / "market" / "environment"
    file.write_text(f"# comment\nPLAIN={secret}\nQUOTED=\"{secret}\"\nSINGLE='x y'\nEMPTY=")

    script = f". {HOOKS}/common.sh; load_environment; printf '%s\\n' "
    out = host.run(shell, "-c", script + '"$PLAIN" "$QUOTED" "$SINGLE" "[$EMPTY]"')

    assert out.splitlines() == [secret, secret, "x y", "[]"]
    assert not marker.exists()


def test_a_broken_environment_is_named_without_its_secret(host):
    (host.root / "etc" / "market" / "environment").write_text("export KEY=secret\n")

    with pytest.raises(HookFailed, match="not KEY=VALUE: export KEY") as failure:
        host.run("sh", "-c", f". {HOOKS}/common.sh; load_environment")

    assert "secret" not in str(failure.value)
