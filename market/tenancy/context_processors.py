from typing import Any

from django.http import HttpRequest

from market.tenancy.registry import marketplaces


def tenancy(request: HttpRequest) -> dict[str, Any]:
    """`marketplace` (None on account, staff), `marketplaces` for the switcher, `host_key`."""
    host = getattr(request, "host", None)
    return {
        "marketplace": host.marketplace if host else None,
        "marketplaces": marketplaces(),
        "host_key": host.key if host else "",
    }
