"""Every address of every host, read from the URL map, with example values for its parameters."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from market.tenancy import hosts


@dataclass(frozen=True)
class Route:
    """`name` is `app:name`; `parameters` are the names of its captured values."""

    host_kind: str  # "marketplace" or a service's key
    name: str
    parameters: frozenset[str]


def routes(host_kind: str) -> list[Route]:
    """All named routes of a kind of host. A route without a name is an error."""
    host_key = "photos" if host_kind == "marketplace" else host_kind
    resolver = get_resolver(hosts.host(host_key).urlconf)
    return [
        Route(host_kind=host_kind, name=name, parameters=parameters)
        for name, parameters in _walk(resolver, (), frozenset())
    ]


def _walk(
    resolver: URLResolver, namespaces: tuple[str, ...], outer: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    for entry in resolver.url_patterns:
        taken = outer | frozenset(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, inner, taken)
        elif isinstance(entry, URLPattern):
            if entry.name is None and namespaces == ("admin",):
                continue  # Django's admin: an old address that leads to the page of the new one
            name = entry.name or f"unnamed {entry.pattern}".replace(":", " ")
            yield ":".join([*namespaces, name]), taken
