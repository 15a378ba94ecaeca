"""The HTTP side: form in, JSON out, idempotency keys, and what goes wrong on the way."""

import json
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.standins.stripe.books import Books, Json, StripeError, invalid
from tests.standins.stripe.webhooks import Postman

SCRIPT = Path(__file__).with_name("script.js")
REF = r"(?P<ref>\w+)"
ROUTES: list[tuple[str, str, str]] = [
    ("POST", "/v1/payment_intents", "create_intent"),
    ("POST", f"/v1/payment_intents/{REF}/confirm", "confirm"),
    ("POST", f"/v1/payment_intents/{REF}/cancel", "cancel"),
    ("POST", f"/v1/payment_intents/{REF}/authenticate", "authenticate"),  # by our script alone
    ("POST", "/v1/refunds", "create_refund"),
    ("POST", "/v1/transfers", "create_transfer"),
    ("GET", rf"/v1/(?P<kind>\w+)s/{REF}", "get"),
    ("GET", r"/v1/(?P<kind>\w+)s", "list"),
]


@dataclass
class Fault:
    """What happens to calls instead, `times` of them.

    lose: it acts, and the connection breaks before the answer. hang: it answers after `seconds`.
    error: 500 while executing. away: 503 before anything. limit: 429. conflict: 409.
    """

    kind: str
    method: str = "POST"
    path: str = ""
    times: int = 1
    seconds: float = 0.0


@dataclass
class Chaos:
    """Faults by chance, for calls that change something."""

    lose: float = 0.0
    error: float = 0.0
    away: float = 0.0
    random: Random = field(default_factory=Random)

    def draw(self) -> str:
        chance = self.random.random()
        for kind in ("lose", "error", "away"):
            chance -= getattr(self, kind)
            if chance < 0:
                return kind
        return ""


class StandIn:
    def __init__(self, address: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.lock = threading.RLock()
        self.postman = Postman()
        self.books = Books(self.postman.post)
        self.faults: list[Fault] = []
        self.chaos = Chaos()
        self.keys: dict[str, tuple[Any, int, Json]] = {}  # key: what was asked, what was answered
        self.busy: set[str] = set()
        self.calls: list[tuple[str, str, dict[str, str]]] = []
        self.counts: Counter[str] = Counter()
        self._server = _Server(address, partial(_Handler, self))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.postman.stop()

    def fault(self, kind: str, path: str = "", *, method: str = "POST", times: int = 1,
              seconds: float = 0.0) -> None:  # fmt: skip
        self.faults.append(Fault(kind, method, path, times, seconds))

    def forget_keys(self) -> None:
        """https://docs.stripe.com/api/idempotent_requests: "removed … after 24 hours"."""
        self.keys.clear()

    def answer(
        self, method: str, path: str, asked: Json, key: str, fault: str = ""
    ) -> tuple[int, Json, bool]:
        """HTTP status, body, and whether it was answered before.

        https://docs.stripe.com/api/idempotent_requests, a sentence a step.
        """
        if method != "POST" or not key:  # "All POST requests accept idempotency keys"
            return (*self._act(method, path, asked, fault), False)
        parameters = (path, json.dumps(asked, sort_keys=True))
        with self.lock:
            if key in self.busy:  # "conflicts with another request that's executing concurrently"
                error = StripeError(409, "idempotency_error", "idempotency_key_in_use", "In use.")
                return 409, error.body, False
            if key in self.keys:
                first, status, body = self.keys[key]
                if first != parameters:  # "errors if they're not the same"
                    return 400, _other_parameters(key), False
                # "saving the resulting status code and body of the first request … regardless of
                # whether it succeeds or fails. Subsequent requests … including 500 errors."
                return status, body, True
            self.busy.add(key)
        try:
            status, body = self._act(method, path, asked, fault)
        finally:
            self.busy.discard(key)
        # "We save results only after the execution of an endpoint begins."
        if status not in (401, 409, 429, 503):
            self.keys[key] = (parameters, status, body)
        return status, body, False

    def fault_of(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for one in self.faults:
                if one.times and one.method == method and one.path in path:
                    one.times -= 1
                    return one
            kind = self.chaos.draw() if method == "POST" else ""
        return Fault(kind) if kind else None

    def _act(self, method: str, path: str, asked: Json, fault: str) -> tuple[int, Json]:
        if fault in _REFUSALS:
            return _REFUSALS[fault]
        try:
            with self.lock:
                status, body = 200, json.loads(json.dumps(self._call(method, path, asked)))
        except StripeError as error:
            status, body = error.status, error.body
        if fault == "error":  # it may have acted before it failed: docs.stripe.com/error-low-level
            return 500, {"error": {"type": "api_error", "message": "An error on our side."}}
        return status, body

    def _call(self, method: str, path: str, asked: Json) -> Json:
        for its_method, pattern, name in ROUTES:
            found = re.fullmatch(pattern, path)
            if its_method != method or not found:
                continue
            own = found.groupdict()
            act = getattr(self.books, name)
            if name == "get":
                return act(own["kind"], own["ref"])
            if name == "list":
                return act(own["kind"], asked)
            if name in ("cancel", "authenticate"):
                return act(own["ref"])
            return act(own["ref"], asked) if own else act(asked)
        raise invalid("", f"Unrecognized request URL ({method}: {path}).", 404)


_REFUSALS: dict[str, tuple[int, Json]] = {
    "away": (503, {"error": {"type": "api_error", "message": "Try again later."}}),
    "limit": (429, {"error": {"type": "invalid_request_error", "code": "rate_limit"}}),
    "conflict": (409, {"error": {"type": "invalid_request_error", "code": "lock_timeout"}}),
}


def _other_parameters(key: str) -> Json:
    message = f"Keys for idempotent requests can only be used with the same parameters: {key}"
    return {"error": {"type": "idempotency_error", "message": message}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: Any) -> None:
        """Who asked was killed: that is what some tests do."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, stand_in: StandIn, *args: Any) -> None:
        self.stand_in = stand_in
        super().__init__(*args)

    def log_message(self, *args: Any) -> None:
        """Tests read what is called from `calls`."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/stripe.js":
            body = SCRIPT.read_bytes()
            self._write(200, body, "text/javascript")
            return
        self._do("GET", parts.path, _form(parts.query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._do("POST", urlsplit(self.path).path, _form(body))

    def do_OPTIONS(self) -> None:
        self._write(200, b"", "text/plain")

    def _do(self, method: str, path: str, asked: Json) -> None:
        self.stand_in.calls.append((method, path, dict(self.headers)))
        fault = self.stand_in.fault_of(method, path)
        kind = fault.kind if fault else ""
        self.stand_in.counts[kind] += 1
        status, body, replayed = self._answer(method, path, asked, kind)
        if fault and kind == "hang":
            time.sleep(fault.seconds)
        if kind == "lose":
            self.close_connection = True
            self.connection.close()
            return
        self._write(status, json.dumps(body).encode(), "application/json", replayed)

    def _answer(self, method: str, path: str, asked: Json, fault: str) -> tuple[int, Json, bool]:
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        by_browser = asked.pop("key", "").startswith("pk_test_") and asked.pop("client_secret", "")
        if not key.startswith("sk_test_") and not by_browser:
            # https://docs.stripe.com/api/authentication
            return 401, {"error": {"type": "invalid_request_error", "message": "No key."}}, False
        idempotency_key = self.headers.get("Idempotency-Key", "")
        return self.stand_in.answer(method, path, asked, idempotency_key, fault)

    def _write(self, status: int, body: bytes, kind: str, replayed: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*")
        if replayed:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(body)


def _form(text: str) -> Json:
    """`metadata[key]=x` and `created[gte]=1` become nested; lists are read as objects by index."""
    asked: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        outer, _, inner = name.partition("[")
        if inner:
            asked.setdefault(outer, {})[inner.rstrip("]")] = value
        else:
            asked[outer] = value
    return asked
