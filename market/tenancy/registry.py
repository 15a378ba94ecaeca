"""The marketplaces that this process serves, read from `sites/` once."""

from functools import cache

from django.conf import settings

from market.tenancy.definitions import Marketplace, load_marketplaces


@cache
def marketplaces() -> tuple[Marketplace, ...]:
    """All marketplaces by position. Raises DefinitionError, which names file and key."""
    return load_marketplaces(settings.SITES_DIR)


@cache
def _by_slug() -> dict[str, Marketplace]:
    return {site.slug: site for site in marketplaces()}


@cache
def _by_id() -> dict[int, Marketplace]:
    return {site.id: site for site in marketplaces()}


def marketplace(slug: str) -> Marketplace:
    """Raises KeyError."""
    return _by_slug()[slug]


def marketplace_by_id(site_id: int) -> Marketplace:
    """Raises KeyError."""
    return _by_id()[site_id]
