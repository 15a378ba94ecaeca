"""What Stripe reports: signed by its endpoint's secret, in any order, more than once."""

import json
import time
from typing import Any

import stripe
from django.conf import settings

from market.payments.errors import SignatureRefused
from market.payments.gateways.base import GatewayEvent, Subject
from market.payments.gateways.stripe.connection import wrong_mode

HEADER = "Stripe-Signature"
TOLERANCE_SECONDS = 300  # into the past (by the SDK) and into the future alike
# The longest prefix first: a dispute and a refund are about a charge, too.
_SUBJECTS = (
    ("payment_intent.", Subject.PAYMENT),
    ("charge.dispute.", Subject.DISPUTE),
    ("charge.refund.", Subject.REFUND),
    ("refund.", Subject.REFUND),
    ("transfer.", Subject.PAYOUT),
)
_MAX_NAME = 80


def subject_of(kind: str) -> Subject:
    return next((one for prefix, one in _SUBJECTS if kind.startswith(prefix)), Subject.NOTHING)


def verify(body: bytes, signature: str) -> GatewayEvent:
    """Raises SignatureRefused. The body is taken byte by byte: JSON written anew is not signed."""
    _check_not_from_the_future(signature)
    if not any(_is_signed(body, signature, secret) for secret in _secrets()):
        raise SignatureRefused
    try:
        payload = json.loads(body)
    except ValueError as error:
        raise SignatureRefused from error
    return event_of(payload)


def event_of(payload: Any) -> GatewayEvent:
    """Of an event's JSON. Raises SignatureRefused for what is none."""
    try:
        event_id, kind, livemode = payload["id"], payload["type"], payload["livemode"]
        thing, account = payload["data"]["object"], payload.get("account")
        ref = thing.get("id") or ""
    except (TypeError, KeyError, AttributeError) as error:
        raise SignatureRefused from error
    if not all(isinstance(one, str) and len(one) <= _MAX_NAME for one in (event_id, kind, ref)):
        raise SignatureRefused
    return GatewayEvent(
        event_id=event_id,
        kind=kind[:60],
        ref=ref if subject_of(kind) is not Subject.NOTHING else "",
        payload=payload,
        misfit=_misfit(livemode is True, account),
    )


def _misfit(livemode: bool, account: object) -> str:
    if livemode != settings.STRIPE_LIVE:
        return wrong_mode(livemode)
    # Only events of connected accounts name one: https://docs.stripe.com/api/events/object
    return f"It is about the account {str(account)[:_MAX_NAME]}, not ours." if account else ""


def _secrets() -> list[str]:
    """The newest first: two while a secret is being replaced."""
    return [one.strip() for one in settings.STRIPE_WEBHOOK_SECRETS if one.strip()]


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
    except (stripe.SignatureVerificationError, UnicodeDecodeError, TypeError):
        # TypeError: digests that are not ASCII.
        return False
    return True


def _check_not_from_the_future(signature: str) -> None:
    """The SDK looks at the past only."""
    times = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    plain = len(times) == 1 and times[0].isascii() and times[0].isdigit() and len(times[0]) < 13
    if not plain or int(times[0]) > time.time() + TOLERANCE_SECONDS:
        raise SignatureRefused
