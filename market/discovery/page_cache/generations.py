"""What a page depends on, by name; and the values that say in which state it was.

A page is kept together with the values that stood there before it was rendered, and counts only
while they all still stand: a purge puts another one. A missing value is never equal to anything,
so that one which Redis dropped cannot bring an old page back.
"""

import secrets
import time
from collections.abc import Iterable

# Longer than any page is kept.
KEPT_SECONDS = 7 * 24 * 3600


def site(site_id: object) -> str:
    """All pages of a marketplace."""
    return f"site:{site_id}"


def home(site_id: object) -> str:
    return f"home:{site_id}"


def category(site_id: object, path: object) -> str:
    return f"category:{site_id}:{path}"


def author(username_key: object) -> str:
    """Their pages on all marketplaces."""
    return f"author:{username_key}"


def item(item_id: object) -> str:
    return f"item:{item_id}"


def of_purge() -> str:
    """A new value that says when it was put."""
    return f"p{int(time.time() * 1000)}-{secrets.token_hex(6)}"


def of_first_page() -> str:
    """A new value where none was: nothing was purged as far as anybody knows."""
    return f"f-{secrets.token_hex(6)}"


def last_purged_at(values: Iterable[str | None]) -> float:
    """When (time.time) one of these was purged last, as far as their values say; else 0."""
    purged = [float(one[1:].split("-", 1)[0]) / 1000 for one in values if one and one[0] == "p"]
    return max(purged, default=0.0)
