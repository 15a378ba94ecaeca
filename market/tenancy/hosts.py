"""Host name → marketplace or service, and addresses on another host.

The only place that knows host names.
"""

from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from market.core.locales import language
from market.core.paths import path_to
from market.tenancy import languages
from market.tenancy.definitions import Marketplace
from market.tenancy.names import SERVICES, host_names
from market.tenancy.registry import marketplaces_in


@dataclass(frozen=True, slots=True)
class Host:
    """`key` is a marketplace's slug or the service's name; `marketplace` is None for services.

    `has_languages`: whether its addresses begin with the language; those for programs have none.
    """

    key: str
    name: str
    urlconf: str
    marketplace: Marketplace | None
    has_languages: bool


@cache
def _hosts(code: str) -> dict[str, Host]:
    sites = marketplaces_in(code)
    names = host_names(
        domain=settings.MARKET_DOMAIN,
        overrides=settings.MARKET_HOSTS,
        slugs=[site.slug for site in sites],
    )
    by_slug = {site.slug: site for site in sites}
    return {
        key: Host(
            key=key,
            name=name,
            urlconf=f"market.urls.{key if key in SERVICES else 'marketplace'}",
            marketplace=by_slug.get(key),
            has_languages=key not in ("api", "files"),
        )
        for key, name in names.items()
    }


@cache
def _by_name(code: str) -> dict[str, Host]:
    return {host.name: host for host in _hosts(code).values()}


def all_hosts() -> tuple[Host, ...]:
    return tuple(_hosts(language()).values())


def find_host(header: str) -> Host | None:
    """The host that a Host header names; port, case and a trailing dot do not matter."""
    name, _, port = header.strip().lower().partition(":")
    if port and not port.isdigit():
        return None
    return _by_name(language()).get(name.rstrip("."))


def host(key: str) -> Host:
    """Raises KeyError."""
    return _hosts(language())[key]


def origin(key: str) -> str:
    """`https://themes.example` of a host; with the port in development."""
    port = f":{settings.MARKET_PORT}" if settings.MARKET_PORT else ""
    return f"{settings.MARKET_SCHEME}://{host(key).name}{port}"


def link(key: str, viewname: str, /, *args: object, **kwargs: object) -> str:
    """The absolute address of a page on another host, in the active language.

    Raises NoReverseMatch, KeyError.
    """
    return origin(key) + path_of(key, viewname, *args, **kwargs)


def path_of(key: str, viewname: str, /, *args: object, **kwargs: object) -> str:
    """The same without the host."""
    urlconf = host(key).urlconf
    if args:
        return reverse(viewname, urlconf=urlconf, args=args, kwargs=kwargs or None)
    return path_to(viewname, urlconf, **kwargs)


def is_our_page(address: str) -> bool:
    """Whether an absolute address is on one of our page hosts: safe to send a browser to."""
    parts = urlsplit(address)
    if parts.scheme != settings.MARKET_SCHEME or parts.username or "\\" in address:
        return False
    found = find_host(parts.netloc)
    return found is not None and found.has_languages


def safe_path(path: str | None, *, default: str | None = None) -> str:
    """A path on this host to send the browser back to; anything else becomes `default` (home)."""
    default = languages.home_path() if default is None else default
    if not path or not path.startswith("/") or path.startswith("//"):
        return default
    if "\\" in path or any(ord(char) < 32 for char in path):
        return default
    return path
