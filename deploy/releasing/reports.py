"""What stands beside a bundle: its packages, and what is known to be wrong with them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from releasing.wheels import BundleError

ANSWER_SECONDS = 300


def list_python(requirements: Path, target: Path) -> None:
    """CycloneDX, the same bytes for the same packages."""
    call = [sys.executable, "-m", "cyclonedx_py", "requirements", str(requirements)]
    _run([*call, "--output-reproducible", "--of", "JSON", "-o", str(target)])


def list_pages(folder: Path, target: Path) -> None:
    """CycloneDX, of the lock in `folder`; its number and time are taken out, they are chance."""
    call = ["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"]
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        shutil.copyfile(folder / "package-lock.json", copy / "package-lock.json")
        package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        # npm lists nothing for a package without a version, and ours is never published.
        package.setdefault("version", "0.0.0")
        (copy / "package.json").write_text(json.dumps(package), encoding="utf-8")
        bill = json.loads(_run(call, copy))
    bill.pop("serialNumber", None)
    bill["metadata"].pop("timestamp", None)
    target.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def audit(requirements: Path, target: Path) -> str:
    """Ask the index about known faults of each package; a sentence about the answer.

    Where nobody answers, the report says just that: `asked` is false, and there are no findings
    to be mistaken for good news.
    """
    found = target.with_suffix(".part")
    found.unlink(missing_ok=True)
    call = [sys.executable, "-m", "pip_audit", "--requirement", str(requirements)]
    call += ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    call += ["--timeout", "15", "--format", "json", "--output", str(found)]
    try:
        done = subprocess.run(
            call, capture_output=True, text=True, timeout=ANSWER_SECONDS, check=False
        )
        trouble = done.stderr.strip().splitlines()
    except subprocess.TimeoutExpired:
        trouble = [f"no answer within {ANSWER_SECONDS} s"]
    if not found.exists():
        return _not_asked(target, trouble[-1] if trouble else "pip-audit ended without a word")
    packages = json.loads(found.read_text(encoding="utf-8"))["dependencies"]
    found.unlink()
    # pip-audit lists what it could not look up among what it did: that is no answer either.
    skipped = [one for one in packages if "skip_reason" in one]
    if len(skipped) == len(packages):
        return _not_asked(target, str(skipped[0]["skip_reason"]) if skipped else "no package")
    faults = [one for one in packages if one.get("vulns")]
    names = [one["name"] for one in skipped]
    _write(target, {"asked": True, "packages": len(packages), "unknown": names, "faults": faults})
    return f"{len(faults)} of {len(packages)} packages have known faults, {len(names)} unknown"


def _not_asked(target: Path, reason: str) -> str:
    _write(target, {"asked": False, "reason": reason[:500]})
    return f"nobody could be asked about known faults: {reason[:120]}"


def _write(target: Path, content: dict[str, object]) -> None:
    target.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _run(call: list[str], folder: Path | None = None) -> str:
    done = subprocess.run(
        call, cwd=folder, env=os.environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BundleError(f"{' '.join(call[:4])} failed:\n{done.stderr.strip()[-2000:]}")
    return done.stdout
