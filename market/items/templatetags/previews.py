"""Previews in pages: addresses, pictures whose size is known before they come, waveforms."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django import template
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe

from market.items.addresses import live_url, preview_url
from market.items.content.pictures import picture_of
from market.items.content.tints import tint_class
from market.items.models import ItemPreview

register = template.Library()

# Absolute address of a public preview by its storage key: `{% preview_url preview.key %}`.
register.simple_tag(preview_url)
# The index page of an unpacked live preview: `{% live_url preview %}`.
register.simple_tag(live_url)

NOTED = "preloaded_pictures"  # in the context of a document that is being rendered
PLACE = "<!--preload-->"
BARS = 90
BAR_UNITS = 4  # of the drawing's width; 3 of them are drawn
HEIGHT_UNITS = 48


@register.simple_tag(takes_context=True)
def picture(  # what an <img> says, by keyword in the template
    context: Context,
    preview: ItemPreview | Mapping[str, Any] | None,
    *,
    alt: str = "",
    sizes: str = "100vw",
    eager: bool = False,
    size: int = 0,
    css: str = "",
) -> SafeString:
    """A `<picture>` in the best format the browser knows, its size known; nothing without one.

    `preview` is a row or the same as a card keeps it. `eager` is for the largest picture of a
    page: the first of them is also preloaded in the head. `size` draws a square of so many pixels.
    """
    if not preview:
        return SafeString("")
    found = picture_of(preview)
    shown = f"{size}px" if size else sizes
    srcsets = {ending: _srcset(files) for ending, files in found.files.items() if files}
    main = found.files.get("webp", [])
    attributes: dict[str, object] = {
        "src": preview_url(main[-1][1] if main else found.key),
        "alt": alt,
        "width": size or found.width or "",
        "height": size or found.height or "",
        "decoding": "async",
    }
    if srcset := srcsets.pop("webp", ""):
        attributes |= {"srcset": srcset, "sizes": shown}
    if classes := f"{css} {tint_class(found.colour) if found.colour else ''}".strip():
        attributes["class"] = classes
    attributes |= {"fetchpriority": "high"} if eager else {"loading": "lazy"}
    if eager:
        _preload_picture(context, attributes, shown, srcsets.get("avif", ""))
    image = mark_safe(f"<img {_joined(attributes)}>")  # noqa: S308  # escaped, as the one below
    if avif := srcsets.get("avif"):
        source = {"type": "image/avif", "srcset": avif, "sizes": shown}
        return mark_safe(f"<picture><source {_joined(source)}>{image}</picture>")  # noqa: S308
    return image


@register.simple_tag(takes_context=True)
def poster(context: Context, preview: ItemPreview) -> str:
    """The address of a film's still, fetched before the rest of the page."""
    address = preview_url(preview.key)
    _preload(context, {"href": address})
    return address


def _srcset(files: Sequence[tuple[int, str]]) -> str:
    return ", ".join(f"{preview_url(key)} {width}w" for width, key in files)


def _joined(attributes: Mapping[str, object]) -> SafeString:
    """As format_html_join, in a fifth of its time: a page joins some fifty."""
    said = (f'{name}="{_escaped(value)}"' for name, value in attributes.items())
    return mark_safe(" ".join(said))  # noqa: S308  # all values are escaped


def _escaped(value: object) -> str:
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def _preload_picture(
    context: Context, attributes: Mapping[str, object], sizes: str, avif: str
) -> None:
    """What the browser will choose of the `<picture>`, and nothing if it does not know AVIF."""
    if avif:
        _preload(context, {"imagesrcset": avif, "imagesizes": sizes, "type": "image/avif"})
    elif "srcset" in attributes:
        _preload(context, {"imagesrcset": attributes["srcset"], "imagesizes": sizes})
    else:
        _preload(context, {"href": attributes["src"]})


def _preload(context: Context, attributes: Mapping[str, object]) -> None:
    note_preload(context, {"rel": "preload", "as": "image", "fetchpriority": "high", **attributes})


def note_preload(context: Context, link: Mapping[str, object]) -> None:
    """What the head's `<link>` says. Of several the first counts."""
    noted = context.get(NOTED)
    if isinstance(noted, list) and not noted:
        noted.append(dict(link))


@register.tag("preloading")
def preloading(parser: Parser, token: Token) -> "Preloading":
    """`{% preloading %}` before a whole document, which has `{% preload %}` in its head.

    The head is written before the body says which picture is the largest.
    """
    return Preloading(parser.parse())


class Preloading(Node):
    def __init__(self, nodes: NodeList) -> None:
        self.nodes = nodes

    def render(self, context: Context) -> SafeString:
        noted: list[dict[str, object]] = []
        with context.push(**{NOTED: noted}):
            document = self.nodes.render(context)
        links = "".join(f"<link {_joined(one)}>" for one in noted)
        # Both are safe: what the templates escaped, and what we did.
        return mark_safe(document.replace(PLACE, links, 1))  # noqa: S308


@register.simple_tag
def preload() -> SafeString:
    return SafeString(PLACE)


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
