import pytest

from tests import factories


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    """These tests say themselves when the gateway reports."""
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.fixture
def item(sites):
    return factories.make_item(name="Blue icons", price_cents=1900)
