from django import template

from market.core import locales
from market.core.units import clock, readable_bytes

register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """`12,345`, `12.345`."""
    return locales.number(number or 0)


@register.filter
def short_number(number: int | None) -> str:
    """`940`, `1.2k`, `35k`: how often something was sold, at a glance."""
    return locales.short_number(number or 0)


@register.filter
def file_size(length: int | None) -> str:
    """`3.4 MB`."""
    return readable_bytes(length or 0)


@register.filter
def as_clock(seconds: float | None) -> str:
    """`3:05`."""
    return clock(seconds or 0)


@register.filter
def one_decimal(number: float | None) -> str:
    return locales.decimal(number or 0, 1)


@register.filter
def two_decimals(number: float | None) -> str:
    return locales.decimal(number or 0, 2)


@register.filter
def percent(basis_points: int | None) -> str:
    """`37.5%` of 3750."""
    return locales.percent(basis_points or 0)


@register.filter
def country(code: str) -> str:
    """`Germany` of `DE`."""
    return locales.country(code) if code else ""
