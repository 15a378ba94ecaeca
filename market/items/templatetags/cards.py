"""Cards in lists: `{% card_facts item.card marketplace as facts %}`, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django import template

from market.core.templatetags.money import price
from market.items.content import facts
from market.items.models import Item

register = template.Library()

register.simple_tag(facts.card_facts)
register.simple_tag(facts.card_badges)


@register.filter
def card_price(item: Item) -> str:
    """What its default licence costs now: `$19`, "Free"."""
    return price(0 if item.free_until else item.card["price_cents"])


# A picture between these is drawn whole at its own height; beyond, it is drawn small inside.
WIDEST, TALLEST = 3.0, 0.4
# A masonry's column is so many rows wide: a picture's height is off by 1.6 % at most.
ROWS_PER_COLUMN = 32
DEFAULT_RATIO = 2.0


@register.filter
def ratio_class(preview: Mapping[str, Any] | None) -> str:
    """`r30` for a picture 1.5 times as wide as high: the stylesheet knows r8 to r60."""
    return f"r{round(20 * _ratio(preview))}"


@register.filter
def span_class(preview: Mapping[str, Any] | None) -> str:
    """`h16` for a picture half as high as wide; the stylesheet knows h11 to h80."""
    return f"h{round(ROWS_PER_COLUMN / _ratio(preview))}"


@register.filter
def is_extreme(preview: Mapping[str, Any] | None) -> bool:
    """Whether the box that a list gives the picture is not of the picture's own shape."""
    return bool(preview) and not TALLEST <= _own_ratio(preview) <= WIDEST


def _ratio(preview: Mapping[str, Any] | None) -> float:
    return min(max(_own_ratio(preview), TALLEST), WIDEST)


def _own_ratio(preview: Mapping[str, Any] | None) -> float:
    width, height = (preview or {}).get("width"), (preview or {}).get("height")
    return width / height if width and height else DEFAULT_RATIO
