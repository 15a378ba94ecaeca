"""Every Python package of a release as a wheel for the hosts: their Python, their C library."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

# Amazon Linux 2023: Python 3.11, glibc 2.34, x86_64 (deploy/image).
PYTHON_VERSION = "3.11"
GLIBC = (2, 34)
ABIS = ("cp311", "abi3", "none")
OLD_NAMES = ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64")
# Has no wheel that is linked with the hosts' client library: built from the locked source.
OWN_BUILD = "mysqlclient"
_NEEDS = re.compile(rb"GLIBC_(\d+)\.(\d+)")


class BundleError(Exception):
    """Why no bundle can be made; a sentence for the operator."""


def collect(lock: Path, target: Path, *, wheelhouse: Path | None, at: int) -> None:
    """Fill `target` with the wheels of `lock` and a requirements.txt that names their hashes.

    What `wheelhouse` holds is taken from there, unless the lock names another version. Raises
    BundleError.
    """
    target.mkdir()
    entries = lock_entries(lock)
    ready = copy_ready(entries, wheelhouse, target) if wheelhouse else set()
    wanted = set(entries) - ready
    if OWN_BUILD in wanted:
        build(entries[OWN_BUILD], target, at=at)
        wanted -= {OWN_BUILD}
    download([entries[name] for name in sorted(wanted)], target)
    check_needs(target)
    (target / "requirements.txt").write_text(
        "".join(f"{line}\n" for line in hashed_lines(target)), encoding="utf-8"
    )


def lock_entries(lock: Path) -> dict[str, str]:
    """Each package's lines of a lock, by its name."""
    blocks = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8"))
    return {block.partition("==")[0].strip(): block for block in blocks if "==" in block}


def copy_ready(entries: Mapping[str, str], wheelhouse: Path, target: Path) -> set[str]:
    ready = set()
    for wheel in sorted(wheelhouse.glob("*.whl")):
        name, version = named(wheel)
        if entries.get(name, "").startswith(f"{name}=={version}"):
            shutil.copyfile(wheel, target / wheel.name)
            ready.add(name)
    return ready


def build(entry: str, target: Path, *, at: int) -> None:
    """Compile one package so that the same source and compiler give the same bytes.

    With the locked setuptools of our own environment, no path of this machine, no build's id.
    """
    environment = os.environ | {
        "SOURCE_DATE_EPOCH": str(at),
        "CFLAGS": "-O2 -g0",
        "LDFLAGS": "-Wl,--build-id=none -s",
        "LDSHARED": "gcc -shared",
    }
    wanted = target / "wanted.txt"
    wanted.write_text(entry, encoding="utf-8")
    name = entry.partition("==")[0]
    arguments = ["--no-build-isolation", "--no-cache-dir", "--no-binary", name]
    _pip("wheel", target, [*arguments, "--wheel-dir", str(target), "-r", str(wanted)], environment)


def download(entries: list[str], target: Path) -> None:
    wanted = target / "wanted.txt"
    wanted.write_text("\n".join(entries), encoding="utf-8")
    arguments = ["--only-binary", ":all:", "--implementation", "cp"]
    arguments += ["--python-version", PYTHON_VERSION, "--dest", str(target), "-r", str(wanted)]
    for platform in platforms():
        arguments += ["--platform", platform]
    for abi in ABIS:
        arguments += ["--abi", abi]
    _pip("download", target, arguments, os.environ)


def platforms() -> list[str]:
    """Tags of wheels that run with the hosts' C library, the newest first."""
    first, last = GLIBC
    tags = [f"manylinux_{first}_{minor}_x86_64" for minor in range(last, 4, -1)]
    return [*tags, *OLD_NAMES]


def check_needs(folder: Path) -> None:
    """Look into each compiled module: a tag is a promise, the symbols are what is needed."""
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if not name.endswith(".so"):
                    continue
                found = _NEEDS.findall(archive.read(name))
                needs = max(((int(one), int(two)) for one, two in found), default=(0, 0))
                if needs > GLIBC:
                    raise BundleError(
                        f"{wheel.name}: {name} needs glibc {needs[0]}.{needs[1]}, the hosts have "
                        f"{GLIBC[0]}.{GLIBC[1]}. Build it on their system and give --wheelhouse."
                    )


def hashed_lines(folder: Path) -> list[str]:
    lines = []
    for wheel in sorted(folder.glob("*.whl")):
        name, version = named(wheel)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        lines.append(f"{name}=={version} --hash=sha256:{digest}")
    return lines


def named(wheel: Path) -> tuple[str, str]:
    """Name, as locks write it, and version of a wheel."""
    name, version = wheel.name.split("-")[:2]
    return re.sub(r"[-_.]+", "-", name).lower(), version


def _pip(command: str, folder: Path, arguments: list[str], environment: Mapping[str, str]) -> None:
    call = [sys.executable, "-m", "pip", command, "-q", "--disable-pip-version-check"]
    call += ["--no-deps", "--require-hashes", *arguments]
    done = subprocess.run(call, env=dict(environment), capture_output=True, text=True, check=False)
    (folder / "wanted.txt").unlink()
    if done.returncode:
        raise BundleError(f"pip {command} failed:\n{done.stderr.strip()[-2000:]}")
