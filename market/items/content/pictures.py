"""Which files a stored picture consists of, and how a card remembers them in a few bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from market.items.models import ItemPreview

BEST_FIRST = ("avif", "webp")


@dataclass(frozen=True, slots=True)
class Picture:
    """A preview that can be drawn: `files` by format, each (width, key), the narrowest first."""

    key: str
    width: int | None
    height: int | None
    files: Mapping[str, Sequence[tuple[int, str]]] = field(default_factory=dict)
    colour: str = ""  # `#8a6f52`, while it is on its way


def picture_formats(row: ItemPreview) -> dict[str, list[int]]:
    """`{"avif": [400, 800, 1180], "webp": [590, 1180]}`, where `picture_of` finds them again."""
    formats: dict[str, list[int]] = {}
    for one in row.facts.get("variants", []):
        ending = one["key"].rpartition(".")[2]
        if ending in BEST_FIRST and one["key"] == _sibling(
            row.key, row.width, one["width"], ending
        ):
            formats.setdefault(ending, []).append(one["width"])
    return {ending: sorted(widths) for ending, widths in sorted(formats.items())}


def picture_of(preview: ItemPreview | Mapping[str, Any]) -> Picture:
    """From a row, or from what a card keeps of it."""
    if isinstance(preview, ItemPreview):
        return _of_row(preview)
    key, width = preview["key"], preview.get("width")
    if "formats" in preview:
        files = {
            ending: [(one, _sibling(key, width, one, ending)) for one in widths]
            for ending, widths in preview["formats"].items()
        }
    else:  # a card that was made before there were formats
        files = _by_ending(preview.get("variants", []))
    return Picture(key, width, preview.get("height"), files, preview.get("colour", ""))


def _of_row(row: ItemPreview) -> Picture:
    files = _by_ending(row.facts.get("variants", []))
    return Picture(row.key, row.width, row.height, files, row.facts.get("colour", ""))


def _by_ending(variants: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, str]]]:
    files: dict[str, list[tuple[int, str]]] = {}
    for one in variants:
        files.setdefault(one["key"].rpartition(".")[2], []).append((one["width"], one["key"]))
    return {ending: sorted(found) for ending, found in files.items() if ending in BEST_FIRST}


def _sibling(key: str, width: int | None, other: int, ending: str) -> str:
    """`…/poster-1180.webp` → `…/poster-400.avif`."""
    own = key.rpartition(".")[0]
    return f"{own.removesuffix(str(width))}{other}.{ending}"
