"""`t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `t.body`, as the gateways we learn from sign."""

import hmac
import time

from django.conf import settings

from market.payments.errors import SignatureRefused

TOLERANCE_SECONDS = 300  # into the past and into the future alike
HEADER = "Sandbox-Signature"


def sign(body: bytes, *, at: int | None = None, secret: str = "") -> str:
    moment = int(time.time()) if at is None else at
    return f"t={moment},v1={_digest(body, moment, secret or _secrets()[0])}"


def verify(body: bytes, signature: str) -> None:
    """Raises SignatureRefused."""
    parts = [part.partition("=") for part in signature.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    digests = [value for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) < 13):
        raise SignatureRefused
    moment = int(times[0])
    if abs(time.time() - moment) > TOLERANCE_SECONDS:
        raise SignatureRefused
    wanted = [_digest(body, moment, secret) for secret in _secrets()]
    # Bytes: compare_digest refuses text that is not ASCII.
    if not any(hmac.compare_digest(a.encode(), b.encode()) for a in wanted for b in digests):
        raise SignatureRefused


def _secrets() -> list[str]:
    """The newest first: two while a secret is being replaced."""
    return [one.strip() for one in settings.PAYMENTS_WEBHOOK_SECRET.split(",")]


def _digest(body: bytes, moment: int, secret: str) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, "sha256").hexdigest()
