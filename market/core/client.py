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


def client_country(request: HttpRequest) -> str:
    """Where the browser is, as the delivery network says: ISO 3166-1, empty if it says nothing.

    Without such a network before us, anybody can send the header: a guess, never a proof.
    """
    said = request.headers.get(settings.COUNTRY_HEADER, "").upper()
    # XX and T1 mean "unknown" and "through Tor"; who asks knows which codes are countries.
    return said if len(said) == 2 and said.isascii() and said.isalpha() else ""


def client_network(request: HttpRequest) -> str:
    """What a rate limit counts: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    address = ipaddress.ip_address(client_address(request))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
