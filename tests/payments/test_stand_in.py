"""The stand-in of Stripe as docker-compose.yml runs it: a process without Django in it."""

import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import stripe

from script.lib.free_ports import first_free

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20


@pytest.fixture
def heard() -> Iterator[tuple[str, "queue.Queue[tuple[str, str, bytes]]"]]:
    """Where webhooks go, and what came: host, signature, body."""
    came: queue.Queue[tuple[str, str, bytes]] = queue.Queue()

    class Application(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.put((self.headers["Host"], self.headers["Stripe-Signature"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/payments/webhooks/stripe/", came
        server.shutdown()


@pytest.fixture
def service(heard) -> Iterator[stripe.StripeClient]:
    port = first_free(1)
    command = [sys.executable, "-m", "tests.standins.stripe", f"--listen=127.0.0.1:{port}"]
    command += [f"--report-to={heard[0]}", "--host=account.localhost"]
    process = subprocess.Popen(command, cwd=ROOT, env={"PATH": os.environ["PATH"]})
    try:
        yield wait_for(f"http://127.0.0.1:{port}", process)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def wait_for(address: str, process: subprocess.Popen[bytes]) -> stripe.StripeClient:
    client = stripe.StripeClient(
        "sk_test_stand_in", base_addresses={"api": address}, max_network_retries=0
    )
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.v1.charges.list()
        except stripe.APIConnectionError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return client


def test_it_takes_a_card_and_reports_it_signed_to_our_host(service, heard):
    made = service.v1.payment_intents.create({"amount": 1900, "currency": "usd"})
    intent = service.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"})

    assert intent.status == "succeeded"
    host, signature, body = heard[1].get(timeout=10)
    event = stripe.Webhook.construct_event(body, signature, "whsec_stand_in")
    assert host == "account.localhost"
    assert event.type.startswith("payment_intent.")
