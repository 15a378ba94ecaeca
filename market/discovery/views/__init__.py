"""Public pages: rendered as for nobody, the same bytes for everybody."""

from market.discovery.views.browse import category, home, search
from market.discovery.views.item import author, item, item_files, live_preview
from market.discovery.views.licences import licence, licence_adviser, licences
from market.discovery.views.pages import page
from market.discovery.views.reach import (
    author_feed,
    category_feed,
    robots,
    site_feed,
    sitemap,
    sitemap_pages,
    sitemap_part,
)
from market.discovery.views.suggest import suggest

__all__ = [
    "author",
    "author_feed",
    "category",
    "category_feed",
    "home",
    "item",
    "item_files",
    "licence",
    "licence_adviser",
    "licences",
    "live_preview",
    "page",
    "robots",
    "search",
    "site_feed",
    "sitemap",
    "sitemap_pages",
    "sitemap_part",
    "suggest",
]
