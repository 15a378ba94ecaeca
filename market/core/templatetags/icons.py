"""Icons, drawn into the page: no request, no flash, and they take the text's colour."""

import re
from functools import cache, lru_cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What site.toml and our pages call an icon, where the icon set uses another word.
_SET_NAMES = {
    "play": "player-play",
    "pause": "player-pause",
    "wave": "wave-sine",
    "shapes": "triangle-square-circle",
    "cart": "shopping-cart",
    "account": "user-circle",
    "support": "lifebuoy",
}
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_BACKGROUND = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')


@cache
def _shapes(name: str) -> SafeString:
    """The drawing inside the icon's file; nothing while the icon set is not installed."""
    icons = settings.BASE_DIR / "node_modules" / "@tabler" / "icons" / "icons"
    folder, _, plain = name.rpartition("/")
    file = icons / (folder or "outline") / f"{_SET_NAMES.get(plain, plain)}.svg"
    try:
        found = _SHAPES.search(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return SafeString("")
    drawing = _BACKGROUND.sub("", found[1]) if found else ""
    # Comes from an installed package, never from a person.
    return mark_safe(" ".join(drawing.split()))  # noqa: S308


@register.simple_tag
@lru_cache(maxsize=1000, typed=True)  # a safe label is not the same as an equal one
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "camera" %}` beside words that name it; with a `label` it speaks for itself.

    `filled/star` takes the set's filled drawing.
    """
    filled = name.startswith("filled/")
    return format_html(
        '<svg class="icon{}" width="24" height="24" viewBox="0 0 24 24" {}>{}</svg>',
        " icon-filled" if filled else "",
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"'),
        _shapes(name),
    )
