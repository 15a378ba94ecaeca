"""Who takes the buyer's money: chosen by the scheme of PAYMENTS_URL, one module a gateway."""

from urllib.parse import urlsplit

from django.conf import settings

from market.payments.gateways.base import Gateway
from market.payments.gateways.sandbox.client import SandboxGateway
from market.payments.gateways.stripe.client import StripeGateway

_GATEWAYS: dict[str, type[Gateway]] = {
    SandboxGateway.name: SandboxGateway,
    StripeGateway.name: StripeGateway,
}


def gateway_name() -> str:
    """The gateway of new payments."""
    address: str = settings.PAYMENTS_URL
    return urlsplit(address).scheme


def gateway(name: str) -> Gateway:
    """An older payment stays with the gateway that it was made at. Raises KeyError."""
    return _GATEWAYS[name]()


def is_known(name: str) -> bool:
    return name in _GATEWAYS
