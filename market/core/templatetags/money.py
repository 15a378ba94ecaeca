from django import template
from django.utils.translation import gettext as _

from market.core.locales import exact_money
from market.core.money import format_cents

register = template.Library()


@register.filter
def money(cents: int, currency: str = "USD") -> str:
    return format_cents(cents, currency)


@register.filter
def price(cents: int, currency: str = "USD") -> str:
    """`$19`, and "Free" for nothing: what somebody pays."""
    return format_cents(cents, currency) if cents else _("Free")


@register.filter
def exact(cents: int, currency: str = "USD") -> str:
    """`$19.00`: on documents."""
    return exact_money(cents, currency)
