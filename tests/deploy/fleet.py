"""Hosts behind a load balancer: HAProxy checks their readiness as the product's own would.

It is stricter than the one of production: nobody tells it of a deployment, so that a host leaves
by its own answers alone, and a request that a host took is never given to another.
"""

import csv
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.deploy.agent import Agent
from tests.deploy.hosts import PROJECT, Host

CHECK_MILLISECONDS = 300
# Two failed checks, and one more; the drain takes longer than that.
DRAIN_SECONDS = "3"
# One that has served its number of requests is renewed while the other serves.
WORKERS = "2"
WAIT_SECONDS = 60
CONFIG = """
global
  stats socket {folder}/admin level admin
  maxconn 500
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  option forwardfor
  option redispatch 1
  retries 2
  retry-on conn-failure
frontend public
  bind 127.0.0.1:{port}
  http-request set-header X-Forwarded-Proto https
  default_backend hosts
backend hosts
  option httpchk GET /health/ready
  http-check expect status 200
  default-server check inter {check}ms fall 2 rise 2
{servers}
"""


class Balancer:
    def __init__(self, folder: Path, port: int, hosts: list[Host]) -> None:
        self.folder = folder
        self.port = port
        servers = "\n".join(
            f"  server h{number} 127.0.0.1:{host.port}" for number, host in enumerate(hosts)
        )
        config = folder / "haproxy.cfg"
        config.write_text(
            CONFIG.format(folder=folder, port=port, check=CHECK_MILLISECONDS, servers=servers)
        )
        self.process = subprocess.Popen(
            ["/usr/sbin/haproxy", "-db", "-q", "-f", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def states(self) -> dict[str, dict[str, str]]:
        """Of each host: what HAProxy counts and thinks of it."""
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(f"{self.folder}/admin")
            admin.sendall(b"show stat\n")
            text = b"".join(iter(lambda: admin.recv(65536), b"")).decode()
        rows = csv.DictReader(io.StringIO(text.removeprefix("# ")))
        return {row["svname"]: row for row in rows if row["pxname"] == "hosts"}

    def is_up(self, name: str) -> bool:
        return self.states()[name]["status"].startswith("UP")

    def requests_of(self, name: str) -> int:
        return int(self.states()[name]["stot"])


def wait_for(true: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("it does not come")
        time.sleep(0.1)


class Fleet:
    """Three hosts of one database; the third is added later."""

    def __init__(self, folder: Path, port: int, hosts: list[Host]) -> None:
        self.hosts = hosts
        self.agents = [Agent(host) for host in hosts]
        self.balancer = Balancer(folder, port, hosts)
        self.folder = folder

    def roll(self, bundle: Path, numbers: tuple[int, ...] = (0, 1)) -> None:
        """One host after the other, each only once the balancer uses the one before."""
        for number in numbers:
            self.agents[number].deploy(bundle)
            wait_for(lambda number=number: self.balancer.is_up(f"h{number}"))

    def kill(self, number: int) -> float:
        """The host is gone from one moment to the next; when that was."""
        run = self.hosts[number].root / "run"
        pids = [int(file.read_text()) for file in sorted(run.glob("*.pid"))]
        moment = time.time()
        for pid in pids:
            os.killpg(pid, signal.SIGKILL)
        for file in run.glob("*.pid"):
            file.unlink()
        return moment

    def stop(self) -> None:
        for host in self.hosts:
            host.stop()
        self.balancer.stop()


def start_mix(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.deploy.mix", str(config)], cwd=PROJECT)
