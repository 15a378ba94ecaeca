"""Search behind one interface: which engine answers is a setting, and nobody outside may know."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from market.discovery.search.interface import Engine
from market.discovery.search.off import Off
from market.discovery.search.tantivy_engine import TantivyEngine


def engine() -> Engine:
    """The engine of SEARCH_INDEX_URL. Raises ValueError for an address that names none."""
    return _engine(settings.SEARCH_INDEX_URL)


def is_kept() -> bool:
    """Whether this host is meant to answer searches."""
    return not isinstance(engine(), Off)


@lru_cache(maxsize=4)
def _engine(url: str) -> Engine:
    parts = urlsplit(url)
    if parts.scheme == "tantivy":
        return TantivyEngine(Path(unquote(parts.path)))
    if parts.scheme == "off":
        return Off()
    raise ValueError(f"SEARCH_INDEX_URL: expected tantivy:///FOLDER or off://, got {url!r}")
