"""Plays the CodeDeploy agent on a host below a temporary folder.

A stand-in: the real agent runs on Amazon Linux only. It does what that one does with a bundle:
unpacks it, reads its appspec.yml, and goes through the events in order; scripts get its variables
and time limits, and fail if what they leave running keeps their output open.
"""

import shutil
import subprocess
import zipfile
from pathlib import Path

import yaml

from tests.deploy.hosts import HookFailed, Host

EVENTS = (
    *("ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall"),
    *("ApplicationStart", "ValidateService"),
)


class Agent:
    def __init__(self, host: Host) -> None:
        self.host = host
        self.number = 0
        self.last_good: Path | None = None
        """The unpacked bundle from which ApplicationStop is taken."""

    def unpacked(self, bundle: Path) -> Path:
        """For what a pipeline does with a bundle before any host has it."""
        folder = self.host.root / "tools" / bundle.stem
        unpack(bundle, folder)
        return folder

    def deploy(self, bundle: Path) -> list[str]:
        """The events, once all have passed. Raises HookFailed at the first script that fails."""
        self.number += 1
        folder = self.host.root / "opt/codedeploy-agent" / f"d-{self.number}"
        done = []
        for event in EVENTS:
            if event == "DownloadBundle":
                unpack(bundle, folder)
            elif event == "Install":
                self._install(folder)
            else:
                source = self.last_good if event == "ApplicationStop" else folder
                self._run(event, source)
            done.append(event)
        self.last_good = folder
        return done

    def _install(self, folder: Path) -> None:
        for entry in specification(folder)["files"]:
            target = Path(f"{self.host.root}{entry['destination']}")
            shutil.copytree(folder / entry["source"].lstrip("/"), target, dirs_exist_ok=True)

    def _run(self, event: str, folder: Path | None) -> None:
        if folder is None:
            return
        for script in specification(folder)["hooks"].get(event, []):
            environment = self.host.shell_environment() | {
                "LIFECYCLE_EVENT": event,
                "DEPLOYMENT_ID": f"d-{self.number}",
            }
            try:
                done = subprocess.run(
                    [folder / script["location"]],
                    env=environment,
                    cwd="/",
                    capture_output=True,
                    text=True,
                    timeout=script["timeout"],
                    check=False,
                )
            except subprocess.TimeoutExpired as late:
                raise HookFailed(f"{event}: not within {script['timeout']} s") from late
            if done.returncode:
                raise HookFailed(f"{event}: {done.returncode}\n{done.stdout}{done.stderr}")


def specification(folder: Path) -> dict:
    return yaml.safe_load((folder / "appspec.yml").read_text())


def unpack(bundle: Path, folder: Path) -> None:
    """As `unzip`: with each file's mode, which Python's own extractall leaves out."""
    with zipfile.ZipFile(bundle) as archive:
        for entry in archive.infolist():
            Path(archive.extract(entry, folder)).chmod(entry.external_attr >> 16 & 0o777)
