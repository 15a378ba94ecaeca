"""Glyph sheets: fonts of strangers are opened in a process of their own, and shown as pictures."""

import json
import sys
import zipfile
from pathlib import Path, PurePosixPath

from market.core.text import clean_line
from market.items.making.outputs import Made, Output
from market.items.subprocesses import ToolFailed, run_tool
from market.tenancy.definitions import format_of

FONTS = {"ttf", "otf", "woff2"}
MOST_FONTS = 12  # of one item; the rest is in the list of files
MOST_BYTES = 20 * 1024**2
DRAW_SECONDS = 60
DRAWER = Path(__file__).with_name("draw_glyphs.py")


def make_glyphs(path: Path, folder: Path, *, most: int = MOST_FONTS) -> list[Made]:
    """A sheet for each font that can be drawn, by name."""
    made = []
    with zipfile.ZipFile(path) as archive:
        for number, name in enumerate(_font_names(archive)[:most]):
            source = folder / f"font-{number}.{format_of(name)}"
            source.write_bytes(archive.read(name))
            sheet = _drawn(source, folder, number)
            if sheet is not None:
                made.append(sheet)
    return made


def _font_names(archive: zipfile.ZipFile) -> list[str]:
    """One format a face: the same font as TTF, OTF and WOFF2 is drawn once."""
    found: dict[str, str] = {}
    for info in sorted(archive.infolist(), key=lambda one: one.filename):
        name = info.filename
        if format_of(name) not in FONTS or info.is_dir() or info.file_size > MOST_BYTES:
            continue
        if not name.startswith("__MACOSX/"):
            found.setdefault(PurePosixPath(name).stem.casefold(), name)
    return list(found.values())


def _drawn(source: Path, folder: Path, number: int) -> Made | None:
    target = folder / f"glyphs-{number}.webp"
    command = [sys.executable, "-I", str(DRAWER), str(source), str(target)]
    try:
        told = json.loads(run_tool(command, seconds=DRAW_SECONDS))
    except ToolFailed:
        return None  # damaged, or no letters in it: the other fonts have their sheets
    finally:
        source.unlink()
    facts = {"family": clean_line(told["family"])[:80], "glyphs": int(told["glyphs"])}
    output = Output(target.name, target, "image/webp", int(told["width"]), int(told["height"]))
    return Made([output], facts)
