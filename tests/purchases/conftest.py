import pytest

from tests import factories
from tests.payments.vies import register


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    """These tests say themselves when the gateway reports."""
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.fixture
def vies(settings):
    """The register of VAT numbers, as a server here that says what it is told to."""
    with register() as server:
        settings.VIES_URL = server.address
        yield server


@pytest.fixture
def item(sites):
    return factories.make_item(name="Blue icons", price_cents=1900)
