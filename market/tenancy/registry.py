"""The marketplaces that this process serves, read from `sites/` once, in each language."""

from functools import cache

from django.conf import settings

from market.core.locales import SOURCE_LANGUAGE, language
from market.tenancy.definitions import Marketplace, load_marketplaces, translate_marketplaces


def marketplaces() -> tuple[Marketplace, ...]:
    """All marketplaces by position, in the words of the active language."""
    return marketplaces_in(language())


def marketplace(slug: str) -> Marketplace:
    """Raises KeyError."""
    return _by_slug(language())[slug]


def marketplace_by_id(site_id: int) -> Marketplace:
    """Raises KeyError."""
    return _by_id(language())[site_id]


@cache
def marketplaces_in(code: str) -> tuple[Marketplace, ...]:
    """Raises DefinitionError, which names file and key."""
    if code == SOURCE_LANGUAGE:
        return load_marketplaces(settings.SITES_DIR)
    return translate_marketplaces(marketplaces_in(SOURCE_LANGUAGE), settings.SITES_DIR, code)


@cache
def _by_slug(code: str) -> dict[str, Marketplace]:
    return {site.slug: site for site in marketplaces_in(code)}


@cache
def _by_id(code: str) -> dict[int, Marketplace]:
    return {site.id: site for site in marketplaces_in(code)}
