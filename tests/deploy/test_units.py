"""Every unit that a host gets, read by systemd's own tools; nothing is started.

The schedule has no unit of its own: each worker keeps it (market-worker@), one at a time.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.hosts import PROJECT

DEPLOY = PROJECT / "deploy"
SERVICES = sorted([*DEPLOY.glob("systemd/*.service"), *DEPLOY.glob("image/files/*.service")])
UNITS = [*SERVICES, *sorted(DEPLOY.glob("image/files/*.timer"))]
# Of 10, less is better. The image's helpers are root, since they ask systemd for something.
MOST_EXPOSED = 2.5
SERVING = 1.5


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    assert shutil.which("systemd-analyze"), "install Debian's systemd"
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def host(tmp_path_factory) -> Path:
    """A root folder with systemd's own units, ours, and a program wherever one of ours is named."""
    root: Path = tmp_path_factory.mktemp("root")
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True)
    (root / "lib").symlink_to("usr/lib")
    units = root / "etc/systemd/system"
    units.mkdir(parents=True)
    for unit in UNITS:
        shutil.copy(unit, units)
        commands = re.findall(r"^Exec\w+=(/\S+)", unit.read_text(encoding="utf-8"), re.MULTILINE)
        for command in commands:
            program = root / command.removeprefix("/")
            program.parent.mkdir(parents=True, exist_ok=True)
            program.touch(mode=0o755)
    return root


def test_systemd_has_nothing_to_say_about_any_unit(host):
    names = [unit.name for unit in UNITS]

    done = analyze("verify", f"--root={host}", "--man=no", *names)

    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_wrong_is_found(host):
    """Else silence would prove nothing."""
    broken = host / "etc/systemd/system/broken.service"
    broken.write_text("[Service]\nExecStart=/usr/local/sbin/no-such-program\nProtectSytem=yes\n")

    done = analyze("verify", f"--root={host}", "--man=no", broken.name)

    assert done.returncode != 0
    assert "no-such-program is not executable" in done.stderr
    assert "ProtectSytem" in done.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_each_service_may_do_little(unit):
    done = analyze("security", "--offline=true", str(unit))

    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert level, done.stdout[-500:]
    allowed = SERVING if unit.parent.name == "systemd" else MOST_EXPOSED
    assert float(level[1]) <= allowed
    assert "Unknown" not in done.stderr, done.stderr


def test_a_worker_keeps_the_schedule():
    worker = (DEPLOY / "systemd" / "market-worker@.service").read_text(encoding="utf-8")

    (command,) = re.findall(r"^ExecStart=\S+ (.*)$", worker, re.MULTILINE)
    assert command == "manage.py work", "without --no-schedule"
