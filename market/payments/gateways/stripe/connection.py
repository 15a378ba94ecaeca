"""How we speak to Stripe: one pinned version, time-outs, and what its errors mean to us."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import stripe
import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from market.payments.errors import GatewayRefused, GatewayUnavailable
from market.payments.gateways.measuring import measured

logger = structlog.get_logger(__name__)
CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
# Repeated by the SDK with the same key after a lost connection, a 409 or a 5xx: each call that
# changes something carries a key of ours, or changes nothing when it comes twice.
RETRIES = 1


def client() -> stripe.StripeClient:
    """Raises ImproperlyConfigured for a key of the other mode than STRIPE_LIVE says."""
    return _client(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_API_VERSION,
        settings.STRIPE_API_ADDRESS,
        settings.STRIPE_LIVE,
    )


@contextmanager
def asking() -> Iterator[None]:
    """Turns the SDK's errors into ours."""
    with measured("stripe"), _translated():
        yield


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
        raise GatewayRefused(error.user_message or str(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # Our key is wrong: that says nothing about the payment.
        logger.exception("stripe_key_refused")
        raise GatewayUnavailable from error
    except stripe.StripeError as error:
        logger.warning("stripe_gave_no_answer", error=type(error).__name__, code=error.http_status)
        raise GatewayUnavailable from error


def check_mode(livemode: bool) -> None:
    """An object of the test mode is no money, and one of the live mode is not for a test."""
    if livemode != settings.STRIPE_LIVE:
        raise GatewayRefused(wrong_mode(livemode))


def wrong_mode(livemode: bool) -> str:
    theirs, ours = ("live", "test") if livemode else ("test", "live")
    return f"It is of the {theirs} mode, and we are in the {ours} mode."


@lru_cache(maxsize=4)
def _client(key: str, version: str, address: str, live: bool) -> stripe.StripeClient:
    # sk_live_…, rk_live_…; sk_test_…
    kind = key.split("_")[1:2]
    if kind != ["live" if live else "test"]:
        raise ImproperlyConfigured("STRIPE_SECRET_KEY and STRIPE_LIVE are of different modes.")
    return stripe.StripeClient(
        key,
        stripe_version=version,
        base_addresses={"api": address},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
    )
