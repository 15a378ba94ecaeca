"""A host below a temporary folder on which the real hooks run.

systemd's part is played by the stand-in `systemctl` beside this file; Python's environment is
the one that runs the tests.
"""

import getpass
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
HOOKS = PROJECT / "deploy" / "codedeploy"
BUNDLED = ("appspec.yml", "deploy", "manage.py", "market", "requirements", "script", "sites")
RUNNING_SECONDS = 60


class HookFailed(Exception):
    pass


def copy_release(target: Path, *, static_files: Path | None = None) -> None:
    """What of this project a bundle holds, the packages excepted."""
    for name in BUNDLED:
        source = PROJECT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.mo")
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    if static_files:
        shutil.copytree(static_files, target / "var" / "static")


class Host:
    def __init__(
        self,
        root: Path,
        *,
        static_files: Path | None = None,
        settings: dict[str, str] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        """`settings` are of deploy.conf, `environment` of the application."""
        self.root = root
        self.static_files = static_files
        self.base = root / "opt" / "market"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        etc = root / "etc" / "market"
        etc.mkdir(parents=True)
        data = root / "data"
        data.mkdir()
        self.environment = {
            "SECRET_KEY": "only-for-tests",
            "PAYMENTS_URL": "sandbox://",
            "MARKET_DOMAIN": "shelves.example",
            "DATABASE_URL": f"sqlite:///{data}/market.sqlite3",
            "DATA_DIR": str(data),
            "DRAIN_FILE": f"{root}/run/market/drain",
            "DRAIN_SECONDS": "1",
            "READY_FREE_DISK_PERCENT": "0",
            "STORAGE_URL": f"file://{data}/files?a=1&b=2",
            "WEB_ADDRESS": "127.0.0.1",
            "WEB_PORT": str(self.port),
            "WEB_WORKERS": "1",
        } | (environment or {})
        lines = [f'{key}="{value}"' for key, value in self.environment.items()]
        (etc / "environment").write_text("# A comment\n\n" + "\n".join(lines))
        choices = {
            "MARKET_USER": getpass.getuser(),
            "MARKET_VENV": sys.prefix,
            "MARKET_WORKERS": "1",
        } | (settings or {})
        (etc / "deploy.conf").write_text(
            "".join(f"{key}={value}\n" for key, value in choices.items())
        )

    def shell_environment(self) -> dict[str, str]:
        """What the CodeDeploy agent gives a hook: little, and nothing of the application's."""
        path = f"{HERE}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "MARKET_ROOT": str(self.root), "DEPLOYMENT_ID": "d-TEST"}

    def bundle(self, revision: str) -> None:
        """What the agent does between BeforeInstall and AfterInstall."""
        incoming = self.base / "incoming"
        copy_release(incoming)
        (incoming / "node_modules").symlink_to(PROJECT / "node_modules")
        if self.static_files:
            (incoming / "var").mkdir()
            (incoming / "var" / "static").symlink_to(self.static_files)
        (incoming / "REVISION").write_text(f"{revision}\n")

    def hook(self, name: str) -> str:
        return self.run(str(HOOKS / name))

    def run(self, *command: str, extra: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            command,
            env=self.shell_environment() | (extra or {}),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise HookFailed(f"{command[0]}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def install(self, revision: str) -> None:
        self.hook("before_install")
        self.bundle(revision)
        self.hook("after_install")

    def migrate(self, release: Path = PROJECT) -> None:
        """What the pipeline does once, before the first host gets the release."""
        python = {"MARKET_PYTHON": sys.executable}
        script = str(release / "deploy" / "migrate")
        self.run(script, "--verbosity", "0", extra=self.environment | python)

    def current(self) -> str:
        return str((self.base / "current").readlink())

    def get(self, path: str, host: str = "10.0.3.17") -> tuple[int, str]:
        """A page as the load balancer would ask for it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def ready(self) -> int | None:
        try:
            return self.get("/health/ready")[0]
        except OSError:
            return None

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + RUNNING_SECONDS
        while self.ready() != 200:
            if time.monotonic() > deadline:
                log = self.root / "market-web.service.log"
                raise HookFailed(f"not ready: {log.read_text()[-3000:]}")
            time.sleep(0.1)

    def revision(self) -> str:
        revision: str = json.loads(self.get("/health/status")[1])["revision"]
        return revision

    def stop(self) -> None:
        """What a reboot or the autoscaling group does."""
        self.run(str(HERE / "systemctl"), "stop", "market-worker@*.service", "market-web.service")

    def systemctl_calls(self) -> list[str]:
        return (self.root / "systemctl.log").read_text().splitlines()
