from django import template

from market.core.units import clock, readable_bytes

register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """`12,345`."""
    return f"{number or 0:,}"


@register.filter
def short_number(number: int | None) -> str:
    """`940`, `1.2k`, `35k`: how often something was sold, at a glance."""
    value = number or 0
    if value < 1000:
        return str(value)
    thousands = value / 1000
    return f"{thousands:.1f}k".replace(".0k", "k") if thousands < 10 else f"{thousands:.0f}k"


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
    return f"{number or 0:.1f}"
