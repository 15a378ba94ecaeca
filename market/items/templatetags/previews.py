"""Previews in pages: addresses, pictures whose size is known before they come, waveforms."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from market.items.addresses import live_url, preview_url
from market.items.models import ItemPreview

register = template.Library()

# Absolute address of a public preview by its storage key: `{% preview_url preview.key %}`.
register.simple_tag(preview_url)
# The index page of an unpacked live preview: `{% live_url preview %}`.
register.simple_tag(live_url)

BARS = 90
BAR_UNITS = 4  # of the drawing's width; 3 of them are drawn
HEIGHT_UNITS = 48


@register.simple_tag
def picture(  # what an <img> says, by keyword in the template
    preview: ItemPreview | Mapping[str, Any] | None,
    *,
    alt: str = "",
    sizes: str = "100vw",
    eager: bool = False,
    size: int = 0,
    css: str = "",
) -> SafeString:
    """An `<img>` with its size and smaller variants; nothing without a preview.

    `preview` is a row or the same as a card keeps it. `eager` is for the largest picture of a
    page. `size` draws a square of so many pixels.
    """
    if not preview:
        return SafeString("")
    key, width, height, variants = _parts(preview)
    smaller = sorted(variants, key=lambda one: one["width"])
    srcset = ", ".join(f"{preview_url(one['key'])} {one['width']}w" for one in smaller)
    attributes: dict[str, object] = {
        "src": preview_url(smaller[-1]["key"] if smaller else key),
        "alt": alt,
        "width": size or width or "",
        "height": size or height or "",
        "decoding": "async",
    }
    if srcset:
        attributes |= {"srcset": srcset, "sizes": f"{size}px" if size else sizes}
    if css:
        attributes["class"] = css
    attributes |= {"fetchpriority": "high"} if eager else {"loading": "lazy"}
    return format_html("<img {}>", format_html_join(" ", '{}="{}"', attributes.items()))


def _parts(
    preview: ItemPreview | Mapping[str, Any],
) -> tuple[str, int | None, int | None, Sequence[Mapping[str, Any]]]:
    if isinstance(preview, ItemPreview):
        variants = [
            one
            for one in preview.facts.get("variants", [])
            if one.get("content_type") == "image/webp"
        ]
        return preview.key, preview.width, preview.height, variants
    return preview["key"], preview.get("width"), preview.get("height"), preview.get("variants", [])


@register.filter
def ratio_class(preview: Mapping[str, Any] | None) -> str:
    """`r15` for a picture 1.5 times as wide as high: the stylesheet knows r5 to r30."""
    width, height = (preview or {}).get("width"), (preview or {}).get("height")
    if not width or not height:
        return "r10"
    return f"r{min(max(round(10 * width / height), 5), 30)}"


@register.filter
def waveform_path(peaks: Sequence[float] | None) -> str:
    """The bars of a waveform as an SVG path in a box of 360 x 48; a calm line without peaks."""
    values = list(peaks or []) or [0.1]
    step = len(values) / BARS
    loudest = max(*values, 0.0001) if len(values) > 1 else 1
    bars = []
    for index in range(BARS):
        part = values[int(index * step) : max(int((index + 1) * step), int(index * step) + 1)]
        half = max(1, round(max(part) / loudest * HEIGHT_UNITS / 2))
        bars.append(f"M{index * BAR_UNITS + 1} {HEIGHT_UNITS // 2 - half}v{2 * half}")
    return "".join(bars)
