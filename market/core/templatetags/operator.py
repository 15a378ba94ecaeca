from django import template

from market.core import operator as operators

register = template.Library()


@register.simple_tag
def operator() -> operators.Operator:
    """`{% operator as us %}`: name, address and e-mail of who runs this installation."""
    return operators.operator()
