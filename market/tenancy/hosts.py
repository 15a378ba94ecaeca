"""Host name → marketplace or service, and addresses on another host.

The only place that knows host names.
"""

from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from market.tenancy.definitions import Marketplace
from market.tenancy.names import SERVICES, host_names
from market.tenancy.registry import marketplaces


@dataclass(frozen=True, slots=True)
class Host:
    """`key` is a marketplace's slug or the service's name; `marketplace` is None for services."""

    key: str
    name: str
    urlconf: str
    marketplace: Marketplace | None


@cache
def _hosts() -> dict[str, Host]:
    names = host_names(
        domain=settings.MARKET_DOMAIN,
        overrides=settings.MARKET_HOSTS,
        slugs=[site.slug for site in marketplaces()],
    )
    by_slug = {site.slug: site for site in marketplaces()}
    return {
        key: Host(
            key=key,
            name=name,
            urlconf=f"market.urls.{key if key in SERVICES else 'marketplace'}",
            marketplace=by_slug.get(key),
        )
        for key, name in names.items()
    }


@cache
def _by_name() -> dict[str, Host]:
    return {host.name: host for host in _hosts().values()}


def all_hosts() -> tuple[Host, ...]:
    return tuple(_hosts().values())


def find_host(header: str) -> Host | None:
    """The host that a Host header names; port, case and a trailing dot do not matter."""
    name, _, port = header.strip().lower().partition(":")
    if port and not port.isdigit():
        return None
    return _by_name().get(name.rstrip("."))


def host(key: str) -> Host:
    """Raises KeyError."""
    return _hosts()[key]


def origin(key: str) -> str:
    """`https://themes.example` of a host; with the port in development."""
    port = f":{settings.MARKET_PORT}" if settings.MARKET_PORT else ""
    return f"{settings.MARKET_SCHEME}://{host(key).name}{port}"


def link(key: str, viewname: str, /, *args: object, **kwargs: object) -> str:
    """The absolute address of a page on another host. Raises NoReverseMatch, KeyError."""
    path = reverse(viewname, urlconf=host(key).urlconf, args=args or None, kwargs=kwargs or None)
    return origin(key) + path


def is_our_page(address: str) -> bool:
    """Whether an absolute address is on one of our page hosts: safe to send a browser to."""
    parts = urlsplit(address)
    if parts.scheme != settings.MARKET_SCHEME or parts.username or "\\" in address:
        return False
    found = find_host(parts.netloc)
    return found is not None and found.key not in ("api", "files")


def safe_path(path: str | None, *, default: str = "/") -> str:
    """A path on this host to send the browser back to; anything else becomes `default`."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return default
    if "\\" in path or any(ord(char) < 32 for char in path):
        return default
    return path
