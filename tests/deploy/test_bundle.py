"""deploy/bundle: the same bytes for the same commit, and nothing that a host must fetch."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from releasing import archive, bundle, wheels

from script.lib import catalogue
from tests.deploy.hosts import PROJECT

TOOLS = PROJECT / "var" / "release-tools"


@pytest.fixture(scope="module")
def commit() -> str:
    call = ["git", "-C", str(PROJECT), "rev-parse", "HEAD"]
    return subprocess.run(call, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        target = tmp_path / name
        call = ["git", "clone", "--quiet", "--no-local", f"file://{PROJECT}", str(target)]
        subprocess.run(call, check=True)
        return target

    return make


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def quick(clone: Path, target: Path, commit: str) -> Path:
    """A clone's bundle with what the tests have: their packages, their environment."""
    order = bundle.Order(
        folder=target,
        commit=commit,
        project=clone,
        node_modules=PROJECT / "node_modules",
        python=Path(sys.executable),
        with_wheels=False,
        with_reports=False,
    )
    return bundle.make(order)


@pytest.mark.long
def test_two_clones_give_the_same_bytes(clone, commit, tmp_path):
    first, second = (
        quick(clone(name), tmp_path / f"out-{name}", commit) for name in ("one", "two")
    )

    assert digest(first) == digest(second)
    with zipfile.ZipFile(first) as content:
        names = set(content.namelist())
        revision = content.read("REVISION").decode().strip()
        manifest = json.loads(content.read("var/static/staticfiles.json"))
    assert first.name == f"{revision}.zip"
    assert {"appspec.yml", "manage.py", "deploy/codedeploy/after_install"} <= names
    assert f"var/static/{manifest['paths']['css/tokens.css']}" in names
    assert "node_modules/@tabler/icons/icons/outline/check.svg" in names
    assert "node_modules/.fonts/inter.woff2" not in names, "it is among the static files"
    assert not {name for name in names if name.startswith(("tests/", "demo/", ".git"))}


def test_words_compile_to_the_same_bytes_on_any_day(tmp_path, monkeypatch):
    """Babel would write the time into them."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid "shelf"\nmsgstr "Regal"\n')
    monkeypatch.setattr(catalogue, "LOCALES", tmp_path)
    catalogue.compile_all()

    made = (folder / "django.mo").read_bytes()
    assert b"Regal" in made
    assert b"POT-Creation-Date: 1970-01-01" in made


def test_files_keep_their_mode_and_nothing_of_their_time(tmp_path):
    folder = tmp_path / "release"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "hook").write_text("#!/bin/sh\n")
    (folder / "b" / "hook").chmod(0o700)
    (folder / "a.txt").write_text("a")
    (folder / "a.txt").chmod(0o600)
    archive.pack(folder, tmp_path / "first.zip", at=1_700_000_000)
    os.utime(folder / "a.txt", (1, 1))
    (folder / "a.txt").chmod(0o664)

    archive.pack(folder, tmp_path / "second.zip", at=1_700_000_000)

    assert digest(tmp_path / "first.zip") == digest(tmp_path / "second.zip")
    with zipfile.ZipFile(tmp_path / "first.zip") as content:
        entries = {
            one.filename: (one.external_attr >> 16, one.date_time) for one in content.infolist()
        }
    moment = (2023, 11, 14, 22, 13, 20)
    assert entries == {"a.txt": (0o100644, moment), "b/hook": (0o100755, moment)}


def test_a_link_has_no_place_in_a_bundle(tmp_path):
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "link").symlink_to("/etc/passwd")

    with pytest.raises(ValueError, match="no plain file"):
        archive.pack(tmp_path / "release", tmp_path / "made.zip", at=1_700_000_000)

    assert not (tmp_path / "made.zip").exists()


def compiled_wheel(folder: Path, needs: str) -> None:
    with zipfile.ZipFile(folder / "shelf-1.0-cp311-cp311-linux_x86_64.whl", "w") as wheel:
        wheel.writestr("shelf.so", b"\x7fELF..GLIBC_2.2.5\0" + needs.encode() + b"\0")


def test_a_module_that_needs_a_newer_c_library_is_refused(tmp_path):
    compiled_wheel(tmp_path, "GLIBC_2.34")
    wheels.check_needs(tmp_path)
    compiled_wheel(tmp_path, "GLIBC_2.38")

    with pytest.raises(wheels.BundleError, match=r"needs glibc 2\.38, the hosts have 2\.34"):
        wheels.check_needs(tmp_path)


def test_wheels_are_resolved_for_the_hosts_c_library():
    tags = wheels.platforms()

    assert tags[0] == "manylinux_2_34_x86_64"
    assert {"manylinux_2_28_x86_64", "manylinux2014_x86_64"} <= set(tags)


def test_a_wheel_of_the_operators_counts_only_in_the_locked_version(tmp_path):
    house, target = tmp_path / "house", tmp_path / "wheels"
    house.mkdir()
    target.mkdir()
    for name in ("mysqlclient-2.3.1-cp311-cp311-linux_x86_64.whl", "brotli-0.1-py3-none-any.whl"):
        (house / name).write_bytes(b"")
    entries = wheels.lock_entries(PROJECT / "requirements" / "production.txt")

    ready = wheels.copy_ready(entries, house, target)

    assert ready == {"mysqlclient"}
    assert [path.name for path in target.iterdir()] == [
        "mysqlclient-2.3.1-cp311-cp311-linux_x86_64.whl"
    ]
    assert entries["mysqlclient"].startswith("mysqlclient==2.3.1")
    assert entries["brotli"].count("--hash=sha256:") > 1


def test_a_commit_that_is_not_there_is_named(tmp_path):
    with pytest.raises(wheels.BundleError, match="git rev-parse"):
        bundle.make(bundle.Order(folder=tmp_path, commit="no-such-commit"))


@pytest.mark.long
def test_the_command_makes_a_whole_bundle_twice_alike(clone, commit, tmp_path):
    """With every wheel, from the package index; then what is beside it, and a host without one."""
    for name in ("one", "two"):
        call = [str(clone(name) / "deploy" / "bundle"), str(tmp_path / f"out-{name}"), commit]
        environment = os.environ | {"RELEASE_TOOLS": str(TOOLS)}
        subprocess.run(call, env=environment, check=True, timeout=600)
    (first,) = (tmp_path / "out-one").glob("*.zip")
    assert digest(first) == digest(tmp_path / "out-two" / first.name)

    with zipfile.ZipFile(first) as content:
        locked = content.read("wheels/requirements.txt").decode().splitlines()
        content.extractall(tmp_path / "unpacked")
    packages = json.loads((tmp_path / "out-one" / f"{first.stem}.python.json").read_text())
    names = {one["name"] for one in packages["components"]}
    assert names == {line.partition("==")[0] for line in locked}
    pages = json.loads((tmp_path / "out-one" / f"{first.stem}.pages.json").read_text())
    assert "htmx.org" in {one["name"] for one in pages["components"]}
    audit = json.loads((tmp_path / "out-one" / f"{first.stem}.audit.json").read_text())
    assert audit["packages"] == len(locked) if audit["asked"] else "faults" not in audit

    # Nobody answers on port 1: what is not in the bundle cannot be had.
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PATH": os.environ["PATH"]}
    wheels_folder = tmp_path / "unpacked" / "wheels"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    install = [str(tmp_path / "venv/bin/pip"), "install", "-q", "--no-index", "--no-deps"]
    install += ["--require-hashes", "--find-links", str(wheels_folder)]
    install += ["-r", str(wheels_folder / "requirements.txt")]
    subprocess.run(install, env=nowhere, check=True)
    loads = "import django, MySQLdb, PIL, argon2, brotli, hiredis; print(django.__version__)"
    out = subprocess.run(
        [str(tmp_path / "venv/bin/python"), "-c", loads], capture_output=True, text=True, check=True
    )
    assert out.stdout.startswith("5.2.")
    shutil.rmtree(tmp_path / "unpacked")


@pytest.mark.long
def test_the_report_says_when_nobody_could_be_asked(tmp_path):
    script = (
        "import sys; from pathlib import Path; from releasing import reports\n"
        "print(reports.audit(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"nh3==0.3.8 --hash=sha256:{'0' * 64}\n")
    report = tmp_path / "audit.json"
    tools = f'. "{PROJECT}/deploy/releasing/tools.sh"; exec "$TOOLS/bin/python" "$@"'
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:1", "RELEASE_TOOLS": str(TOOLS)}

    done = subprocess.run(
        ["bash", "-c", tools, "bash", "-c", script, str(requirements), str(report)],
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("nobody could be asked")
    assert set(json.loads(report.read_text())) == {"asked", "reason"}
    assert json.loads(report.read_text())["asked"] is False
