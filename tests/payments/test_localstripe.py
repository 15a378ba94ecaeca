"""What localstripe covers, asked through our gateway: a Stripe that none of us wrote.

It knows no idempotency keys, transfers, disputes or declines, nor the parameter by which we allow
cards alone: intents are made with the SDK here. The stand-in is for the rest.
"""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from market.payments.errors import GatewayRefused, SignatureRefused
from market.payments.gateways.base import State
from market.payments.gateways.stripe.client import StripeGateway
from market.payments.gateways.stripe.connection import client

SECRET = "whsec_localstripe"


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("localstripe")
    server = subprocess.Popen(
        [program, "--port", str(port), "--from-scratch"],
        cwd=tmp_path_factory.mktemp("localstripe"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait(port)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(10)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("localstripe does not listen.")


@pytest.fixture
def gateway(address, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_localstripe"
    settings.STRIPE_API_ADDRESS = address
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    return StripeGateway()


@pytest.fixture
def intent(gateway):
    return client().v1.payment_intents.create(
        {
            "amount": 2100,
            "currency": "usd",
            "metadata": {"key": "pi:order:1:1"},
            "payment_method": "pm_card_visa",
        }
    )


def pay(intent):
    client().v1.payment_intents.confirm(intent.id)


def test_an_intent_is_paid(gateway, intent):
    assert gateway.retrieve(intent.id).state is State.PENDING

    pay(intent)

    paid = gateway.retrieve(intent.id)
    assert (paid.state, paid.cents, paid.key) == (State.SUCCEEDED, 2100, "pi:order:1:1")


def test_an_intent_is_cancelled(gateway, intent):
    assert gateway.cancel(intent.id).state is State.CANCELLED


def test_what_is_not_there_is_refused(gateway):
    with pytest.raises(GatewayRefused):
        gateway.retrieve("pi_nothing")


def test_parts_go_back(gateway, intent):
    pay(intent)

    refund = gateway.refund(intent.id, cents=500, key="re:refund:1")

    assert (refund.state, refund.cents) == (State.SUCCEEDED, 500)
    assert gateway.retrieve_refund(refund.ref).key == "re:refund:1"


def test_its_webhooks_are_signed_as_we_verify_them(gateway, address):
    got: list[tuple[bytes, str]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((body, self.headers["Stripe-Signature"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Not a word."""

    receiver = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, args=(0.02,), daemon=True).start()
    hook = {"url": f"http://127.0.0.1:{receiver.server_port}/", "secret": SECRET}
    asked = urllib.request.Request(
        f"{address}/_config/webhooks/ours", json.dumps(hook).encode(), method="POST"
    )
    urllib.request.urlopen(asked, timeout=5).close()

    client().v1.customers.create({"name": "Somebody"})
    for _ in range(100):
        if any(b"customer.created" in body for body, _ in got):
            break
        time.sleep(0.05)
    receiver.shutdown()
    receiver.server_close()

    body, signature = next(one for one in got if b"customer.created" in one[0])
    event = gateway.verify_webhook(body, signature)
    assert (event.kind, event.ref) == ("customer.created", "")
    with pytest.raises(SignatureRefused):
        gateway.verify_webhook(body + b" ", signature)
