"""Sitemaps (sitemaps.org) for any number of items: nothing is counted, nothing held in memory.

A part is a range of ids, so that its address follows from the ids alone, never moves when items
come or go, and holds at most as many addresses as the protocol allows.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from market.discovery.info import INFO_PAGES
from market.discovery.reach.structured import category_address
from market.discovery.selectors import reach as selectors
from market.tenancy import hosts
from market.tenancy.definitions import Marketplace

OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n'
XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
MOST_PARTS = 49_000  # an index names at most 50,000
PIECE = 500  # addresses that are sent at once

Entry = tuple[str, datetime | None]


def index(marketplace: Marketplace) -> str:
    """The addresses of all parts; a short look into an index for each that is not empty."""
    parts = [hosts.link(marketplace.slug, "sitemap_pages")]
    for kind, numbers in (
        ("items", selectors.item_parts(marketplace.id)),
        ("authors", selectors.author_parts()),
    ):
        parts += [
            hosts.link(marketplace.slug, "sitemap_part", kind=kind, number=number)
            for number in numbers
        ]
    told = "".join(f"<sitemap><loc>{escape(part)}</loc></sitemap>\n" for part in parts)
    return f"{OPENING}<sitemapindex {XMLNS}>\n{told}</sitemapindex>\n"


def pages(marketplace: Marketplace) -> Iterator[str]:
    """Home, categories and pages of words."""
    views: list[tuple[str, dict[str, str]]] = [
        ("discovery:home", {}),
        ("discovery:search", {}),
        ("discovery:licences", {}),
        *(("discovery:page", {"slug": one.slug}) for one in INFO_PAGES),
    ]
    addresses = [hosts.link(marketplace.slug, name, **kwargs) for name, kwargs in views]
    addresses += [category_address(marketplace, one.path) for one in marketplace.all_categories()]
    return _urlset((address, None) for address in addresses)


def items(marketplace: Marketplace, number: int) -> Iterator[str]:
    """All items on sale whose id is in the part's range."""
    pattern = _pattern(marketplace, "discovery:item", slug="SLUG", item_id=0)
    before, after = pattern.split("SLUG/0")
    return _urlset(
        (f"{before}{slug}/{item_id}{after}", updated_at)
        for item_id, slug, updated_at in selectors.part_of_items(marketplace.id, number)
    )


def authors(marketplace: Marketplace, number: int) -> Iterator[str]:
    """All authors who sell here and whose id is in the part's range."""
    before, after = _pattern(marketplace, "discovery:author", username="NAME").split("NAME")
    return _urlset(
        (f"{before}{quote(username)}{after}", None)
        for username in selectors.part_of_authors(marketplace.id, number)
    )


def _pattern(marketplace: Marketplace, viewname: str, **kwargs: object) -> str:
    """An address to be filled in: resolving fifty thousand names anew takes seconds."""
    return hosts.link(marketplace.slug, viewname, **kwargs)


def _urlset(entries: Iterable[Entry]) -> Iterator[str]:
    yield f"{OPENING}<urlset {XMLNS}>\n"
    piece: list[str] = []
    for address, changed_at in entries:
        dated = f"<lastmod>{changed_at:%Y-%m-%d}</lastmod>" if changed_at else ""
        piece.append(f"<url><loc>{escape(address)}</loc>{dated}</url>\n")
        if len(piece) == PIECE:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)
    yield "</urlset>\n"
