from dataclasses import replace

from django import template

from market.discovery.addresses import ListAddress

register = template.Library()


@register.filter
def inside(here: ListAddress, path: str) -> str:
    """The address of the same list in a category; in all of the site for an empty path."""
    return str(replace(here, category=path))
