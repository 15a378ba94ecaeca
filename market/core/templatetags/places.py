from django import template

from market.core import locales

register = template.Library()


@register.filter
def country_name(code: str) -> str:
    """`Germany`, `Deutschland` of `DE`."""
    return locales.country(code)
