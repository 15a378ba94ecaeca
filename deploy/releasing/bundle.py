"""Makes a bundle: deploy/bundle says what it holds and how to call it."""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from releasing import archive, reports, wheels
from releasing.wheels import BundleError

PROJECT = Path(__file__).resolve().parents[2]
# What of a commit a host needs. Not the demo, the tests, the benchmarks.
PARTS = (
    *("appspec.yml", "deploy", "manage.py", "market", "requirements", "script/lib", "sites"),
    *("docs/operators", "package.json", "package-lock.json", ".npmrc", "LICENSE"),
)
# Read while pages and pictures are made; all else of the packages is among the static files.
PACKAGES_AT_WORK = ("@fontsource-variable", "@tabler/icons/icons", "@tabler/icons/LICENSE")


@dataclass(frozen=True)
class Order:
    """What was asked for."""

    folder: Path
    commit: str
    wheelhouse: Path | None = None
    node_modules: Path | None = None
    with_wheels: bool = True
    python: Path | None = None
    with_reports: bool = True
    project: Path = PROJECT


def make(order: Order) -> Path:
    """The bundle, made or made before. Raises BundleError."""
    revision = _git(order, "rev-parse", "--verify", f"{order.commit}^{{commit}}").decode().strip()
    at = int(_git(order, "show", "--no-patch", "--format=%ct", revision))
    target = order.folder / f"{revision}.zip"
    order.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bundle-") as scratch:
        stage = Path(scratch) / "release"
        stage.mkdir()
        fill(stage, order, revision, at, Path(scratch))
        archive.pack(stage, target, at=at)
        if order.with_reports:
            write_reports(stage, order)
    return target


def fill(stage: Path, order: Order, revision: str, at: int, scratch: Path) -> None:
    parts = _git(order, "archive", revision, "--", *PARTS)
    subprocess.run(["tar", "-x", "-C", stage], input=parts, check=True)
    (stage / "REVISION").write_text(f"{revision}\n", encoding="utf-8")
    if order.with_wheels:
        lock = stage / "requirements" / "production.txt"
        wheels.collect(lock, stage / "wheels", wheelhouse=order.wheelhouse, at=at)
    python = order.python or install(stage / "wheels", scratch / "venv")
    fetch_packages(stage, order.node_modules)
    compile_static(stage, python)
    keep_packages_at_work(stage / "node_modules")
    for rest in stage.rglob("__pycache__"):
        shutil.rmtree(rest)


def install(folder: Path, target: Path) -> Path:
    """An environment of the bundle's wheels alone, as each host makes one: proof that it can."""
    _run([sys.executable, "-m", "venv", str(target)])
    python = target / "bin" / "python"
    arguments = ["--no-index", "--find-links", str(folder), "--no-deps", "--require-hashes"]
    call = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _run([*call, *arguments, "-r", str(folder / "requirements.txt")])
    return python


def fetch_packages(stage: Path, node_modules: Path | None) -> None:
    target = stage / "node_modules"
    if node_modules is None:
        _run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"], stage)
        return
    cut = shutil.ignore_patterns(".fonts", ".installed", ".package-lock.json")
    shutil.copytree(node_modules, target, ignore=cut)


def compile_static(stage: Path, python: Path, *, cut_fonts: bool = True) -> None:
    """Words, faces and static files with hashed names, as production asks for them."""
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "only-for-this-step",
        "PAYMENTS_URL": "sandbox://",
        "STATIC_ROOT": str(stage / "var" / "static"),
        "DATA_DIR": str(stage / "var"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    (stage / "var" / "static").mkdir(parents=True)
    steps = [
        ["script/lib/catalogue.py", "compile"],
        ["script/lib/cut_fonts.py", "node_modules"],
        ["manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
    ]
    if not cut_fonts:
        del steps[1]
    for step in steps:
        _run([str(python), *step], stage, environment)


def keep_packages_at_work(folder: Path) -> None:
    kept = folder.with_name("kept")
    for name in PACKAGES_AT_WORK:
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).rename(kept / name)
    shutil.rmtree(folder)
    kept.rename(folder)


def write_reports(stage: Path, order: Order) -> None:
    revision = (stage / "REVISION").read_text(encoding="utf-8").strip()
    locked = stage / "wheels" / "requirements.txt"
    requirements = locked if order.with_wheels else stage / "requirements" / "production.txt"
    reports.list_python(requirements, order.folder / f"{revision}.python.json")
    reports.list_pages(stage, order.folder / f"{revision}.pages.json")
    say(reports.audit(requirements, order.folder / f"{revision}.audit.json"))


def _git(order: Order, *words: str) -> bytes:
    done = subprocess.run(
        ["git", "-C", str(order.project), *words], capture_output=True, check=False
    )
    if done.returncode:
        raise BundleError(f"git {words[0]}: {done.stderr.decode().strip()}")
    return done.stdout


def _run(
    call: Sequence[str], folder: Path | None = None, environment: dict[str, str] | None = None
) -> None:
    done = subprocess.run(
        call, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise BundleError(f"{' '.join(call[:3])} failed:\n{said}")


def say(text: str) -> None:
    sys.stdout.write(f"==> {text}\n")
    sys.stdout.flush()


def read_arguments(words: Sequence[str]) -> Order:
    parser = argparse.ArgumentParser(prog="deploy/bundle")
    parser.add_argument("folder", type=Path)
    parser.add_argument("commit", nargs="?", default="HEAD")
    parser.add_argument("--wheelhouse", type=Path)
    parser.add_argument("--node-modules", type=Path)
    parser.add_argument("--no-wheels", action="store_true")
    parser.add_argument("--python", type=Path)
    parser.add_argument("--no-reports", action="store_true")
    said = parser.parse_args(words)
    if said.no_wheels and said.python is None:
        parser.error("without wheels, --python must name an environment of the lock's packages")
    return Order(
        folder=said.folder,
        commit=said.commit,
        wheelhouse=said.wheelhouse,
        node_modules=said.node_modules,
        with_wheels=not said.no_wheels,
        python=said.python,
        with_reports=not said.no_reports,
    )


def main(words: Sequence[str]) -> int:
    try:
        bundle = make(read_arguments(words))
    except BundleError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    say(f"{bundle}\n    {bundle.stat().st_size / 1e6:.0f} MB, sha256 {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
