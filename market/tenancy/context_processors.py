from typing import Any

from django.http import HttpRequest

from market.core import locales
from market.tenancy import languages
from market.tenancy.registry import marketplaces


def tenancy(request: HttpRequest) -> dict[str, Any]:
    """What every page may use.

    `marketplace` (None on account, staff), `marketplaces` for the switcher, `host_key`; the page's
    `language` and `direction`, and `languages`: the same page in each, none on hosts without.
    """
    host = getattr(request, "host", None)
    return {
        "marketplace": host.marketplace if host else None,
        "marketplaces": marketplaces(),
        "host_key": host.key if host else "",
        "language": locales.language(),
        "direction": languages.direction(),
        "languages": languages.choices(request) if host and host.has_languages else [],
    }
