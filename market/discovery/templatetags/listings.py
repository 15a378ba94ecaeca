from dataclasses import replace

from django import template

from market.discovery.addresses import ListAddress
from market.discovery.facets.shown import ShownFacet, ShownOption

register = template.Library()


@register.filter
def inside(here: ListAddress, path: str) -> str:
    """The address of the same list in a category; in all of the site for an empty path."""
    return str(replace(here, category=path))


@register.simple_tag
def step_address(here: ListAddress, facet: ShownFacet, option: ShownOption) -> str:
    """The address of the same search within a step of a range; without it, where it is chosen."""
    ranges = {key: kept for key, kept in here.selection.ranges.items() if key != facet.key}
    if not option.is_chosen:
        ranges[facet.key] = option.bounds
    return str(replace(here, selection=replace(here.selection, ranges=ranges)))
