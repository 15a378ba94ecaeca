"""Load by wrk: requests of one's own making, and what came of them.

wrk keeps a number of connections busy: the next request of each is sent when the last is answered.
"""

import http.client
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlencode

CONNECTIONS = 8
END = "\x1e"  # between requests in a file
SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True)
class Request:
    host: str
    path: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.form is None else "POST"

    @property
    def body(self) -> str:
        return "" if self.form is None else urlencode(self.form)

    def all_headers(self) -> dict[str, str]:
        found = {"Host": self.host, "Accept-Encoding": "gzip", **self.headers}
        if self.cookies:
            found["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.form is not None:
            found |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(self.body)),
            }
        return found

    def raw(self) -> str:
        lines = [f"{self.method} {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.all_headers().items()]
        return "\r\n".join([*lines, "", self.body])


@dataclass(frozen=True)
class Outcome:
    seconds: float
    requests: int
    bytes: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    errors: dict[str, int]

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def error_count(self) -> int:
        return sum(self.errors.values())

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"per_second": self.per_second}


def fetch(port: int, request: Request) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body as it came), without wrk: to look at what is measured."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            request.method, request.path, request.body or None, request.all_headers()
        )
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def run(
    port: int,
    requests: Sequence[Request],
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    threads: int = 1,
) -> Outcome:
    """All of `requests` in turn, again and again."""
    if shutil.which("wrk") is None:
        raise SystemExit("The load comes from wrk (Debian: apt-get install wrk).")
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        path = Path(name) / "requests"
        path.write_text("".join(one.raw() + END for one in requests), newline="")
        done = subprocess.run(
            ["wrk", "--threads", str(threads), "--connections", str(max(connections, threads)),
             "--duration", f"{round(seconds)}s", "--timeout", "30s", "--script", str(SCRIPT),
             f"http://127.0.0.1:{port}/"],
            env=os.environ | {"LOAD_REQUESTS": str(path), "LOAD_THREADS": str(threads)},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    said = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    return Outcome(**json.loads(said.removeprefix("RESULT ")))
