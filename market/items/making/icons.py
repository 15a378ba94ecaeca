"""Sheets of icons: drawn from authors' SVG by a tool with limits; no page ever shows their SVG."""

import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from PIL import Image

from market.core.text import clean_line
from market.items.making.outputs import Made, Output
from market.items.subprocesses import ToolFailed, run_tool
from market.tenancy.definitions import format_of

MOST_ICONS = 600
MOST_BYTES = 256 * 1024  # of one drawing
CELL = 72
COLUMNS = 16
DRAW_SECONDS = 60
QUALITY = 86
SEEN, DARKEST, GREYEST = 60, 90, 24  # of 255: opacity, lightness, difference of the colours
NAME_CHARS = 60
# What reaches out of a drawing or grows in it: such files are left out.
UNSAFE = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<\s*(?:\w+:)?(?:script|image|foreignObject|iframe)|href\s*=\s*[\"']\s*[^#\"'\s]",
    re.IGNORECASE,
)


def make_icons(path: Path, folder: Path) -> Made | None:
    """All icons of an archive on one picture, and their names beside it; None without icons."""
    names = _take_drawings(path, folder)
    _draw(folder)
    drawn = [
        (name, file)
        for number, name in enumerate(names)
        if (file := folder / f"drawn-{number}.png").exists()
    ]
    if not drawn:
        return None
    sheet = _sheet([file for _, file in drawn])
    picture = folder / "icons.webp"
    sheet.save(picture, "WEBP", quality=QUALITY, method=4)
    listed = folder / "icons.json"
    listed.write_text(json.dumps([name for name, _ in drawn], ensure_ascii=False), encoding="utf-8")
    return Made(
        [
            Output(picture.name, picture, "image/webp", sheet.width, sheet.height),
            Output(listed.name, listed, "application/json"),
        ],
        {
            "count": len(drawn),
            "cell": CELL,
            "columns": min(COLUMNS, len(drawn)),
            "is_dark": _is_dark(sheet),
        },
    )


def shown_name(path: str) -> str:
    """`set/arrow-up_left.svg` → `arrow up left`: for people, and harmless in any direction."""
    plain = re.sub(r"[-_\s]+", " ", PurePosixPath(path).stem)
    return clean_line(plain)[:NAME_CHARS] or "?"


def _take_drawings(path: Path, folder: Path) -> list[str]:
    """Drawings that may be drawn, under numbers of ours; returns their names."""
    names: list[str] = []
    with zipfile.ZipFile(path) as archive:
        infos = sorted(archive.infolist(), key=lambda info: info.filename)
        for info in infos:
            if len(names) == MOST_ICONS:
                break
            if format_of(info.filename) != "svg" or info.is_dir() or info.file_size > MOST_BYTES:
                continue
            if info.filename.startswith("__MACOSX/"):
                continue
            drawing = archive.read(info)
            if b"svg" not in drawing or b"\0" in drawing or UNSAFE.search(drawing):
                continue
            (folder / f"{len(names):05d}.svg").write_bytes(drawing)
            names.append(shown_name(info.filename))
    return names


def _draw(folder: Path) -> None:
    """One process for all of them; a drawing that cannot be drawn leaves a gap in the numbers."""
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file",
        "-f", "image2", "-framerate", "1", "-c:v", "librsvg",
        "-width", str(CELL), "-height", str(CELL), "-keep_ar", "1",
        "-i", f"{folder}/%05d.svg", "-fps_mode", "passthrough",
        "-vf", f"format=rgba,pad={CELL}:{CELL}:(ow-iw)/2:(oh-ih)/2:color=black@0",
        "-frame_pts", "1", f"{folder}/drawn-%d.png",
    ]  # fmt: skip
    try:
        run_tool(command, seconds=DRAW_SECONDS)
    except ToolFailed:
        # Not one could be drawn, or one took all the time: what is drawn counts.
        return


def _sheet(files: Sequence[Path]) -> Image.Image:
    columns = min(COLUMNS, len(files))
    rows = -(-len(files) // columns)
    sheet = Image.new("RGBA", (columns * CELL, rows * CELL))
    for number, file in enumerate(files):
        with Image.open(file, formats=["PNG"]) as icon:
            at = (number % columns * CELL, number // columns * CELL)
            sheet.paste(icon.convert("RGBA").crop((0, 0, CELL, CELL)), at)
    return sheet


def _is_dark(sheet: Image.Image) -> bool:
    """Whether everything is drawn in black or a dark grey, so that it may be turned light."""
    small = sheet.resize((sheet.width // 3, sheet.height // 3), Image.Resampling.BOX)
    raw = small.tobytes()
    pixels = (raw[at : at + 4] for at in range(0, len(raw), 4))
    seen = (pixel[:3] for pixel in pixels if pixel[3] > SEEN)
    return all(max(one) <= DARKEST and max(one) - min(one) <= GREYEST for one in seen)
