from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.standins.stripe import StandIn

WEBHOOK_SECRET = "whsec_stand_in"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A Stripe of this test's own."""
    there = StandIn()
    yield there
    there.stop()


@pytest.fixture
def on_stripe(stand_in: StandIn, settings: Settings) -> StandIn:
    """New payments are made there."""
    settings.PAYMENTS_URL = "stripe://"
    settings.STRIPE_LIVE = False
    settings.STRIPE_SECRET_KEY = "sk_test_stand_in"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_stand_in"
    settings.STRIPE_WEBHOOK_SECRETS = [WEBHOOK_SECRET]
    settings.STRIPE_API_ADDRESS = stand_in.address
    settings.STRIPE_SCRIPT_ADDRESS = f"{stand_in.address}/stripe.js"
    return stand_in
