from django import template

from market.core.money import format_cents

register = template.Library()


@register.filter
def money(cents: int, currency: str = "USD") -> str:
    return format_cents(cents, currency)
