"""Public pages: rendered as for nobody, the same bytes for everybody."""

from market.discovery.views.browse import category, home, licences, search
from market.discovery.views.errors import not_found
from market.discovery.views.item import author, item, live_preview

__all__ = [
    "author",
    "category",
    "home",
    "item",
    "licences",
    "live_preview",
    "not_found",
    "search",
]
