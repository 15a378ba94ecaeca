"""A register of VAT numbers on this machine: answers as VIES' REST interface does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


class Register(HTTPServer):
    """`valid` are the numbers that it knows. While `is_away` it answers as a state that is."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.valid: set[str] = set()
        self.is_away = False
        self.status = 200
        self.asked: list[dict[str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/rest-api/check-vat-number"


class _Desk(BaseHTTPRequestHandler):
    server: Register

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        number = asked["countryCode"] + asked["vatNumber"]
        answer: dict[str, object] = {
            "countryCode": asked["countryCode"],
            "vatNumber": asked["vatNumber"],
            "valid": number in self.server.valid,
            "requestIdentifier": "WAPIAAAA",
            "name": "---",
        }
        if self.server.is_away:
            answer = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}
        body = json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quietly."""


@contextmanager
def register() -> Iterator[Register]:
    server = Register()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
