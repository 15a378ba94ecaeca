"""Who asks: the browser's address, as far as our own proxies vouch for it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  # no address to listen on: what is written down when none is known


def client_address(request: HttpRequest) -> str:
    """The browser's IP address. Only what our TRUSTED_PROXIES appended is believed."""
    said = request.META.get("REMOTE_ADDR", "")
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        said = forwarded[-settings.TRUSTED_PROXIES]
    try:
        return str(ipaddress.ip_address(said.strip()))
    except ValueError:
        return UNKNOWN


def client_network(request: HttpRequest) -> str:
    """What a rate limit counts: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    address = ipaddress.ip_address(client_address(request))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
