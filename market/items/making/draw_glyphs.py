"""Draws one font: `python draw_glyphs.py FONT SHEET`.

Run by itself and with little memory, since it reads what a stranger made. It prints the family's
name, the count of its characters and the size of the picture as JSON.
"""

import io
import json
import sys
import unicodedata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

WIDTH = 1200
MARGIN = 40
CELL = 80
COLUMNS = (WIDTH - 2 * MARGIN) // CELL
LETTER = 44  # pixels
LINE = 64
MOST_GLYPHS = 224
WORDS = "Pack my box with five dozen jugs"
INK = (20, 22, 26, 255)
QUALITY = 84


def main(source: Path, target: Path) -> None:
    with TTFont(source, lazy=True) as font:
        known = font.getBestCmap() or {}
        shown = [code for code in sorted(known) if _is_shown(chr(code))][:MOST_GLYPHS]
        if not shown:
            raise SystemExit("no character to show")
        family = font["name"].getBestFullName() or ""
        face = _only(font, [*shown, *map(ord, WORDS)])
    words = WORDS if all(ord(one) in known for one in WORDS) else ""
    sheet = _draw(face, [chr(code) for code in shown], words)
    sheet.save(target, "WEBP", quality=QUALITY, method=4)
    told = {"family": family, "glyphs": len(known), "width": sheet.width, "height": sheet.height}
    sys.stdout.write(json.dumps(told))


def _is_shown(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNPS" and not unicodedata.combining(char)


def _only(font: TTFont, codes: list[int]) -> bytes:
    """The font written anew with outlines alone: no programs, no layout rules of its maker."""
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, flavor=None)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "SVG ", "CBDT", "CBLC", "sbix", "COLR", "CPAL"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    font.flavor = None
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _draw(face: bytes, glyphs: list[str], words: str) -> Image.Image:
    large = _face(face, LINE)
    if (width := large.getlength(words)) > WIDTH - 2 * MARGIN:
        large = _face(face, int(LINE * (WIDTH - 2 * MARGIN) / width))
    small = _face(face, LETTER)
    rows = -(-len(glyphs) // COLUMNS)
    top = MARGIN + (2 * LINE if words else 0)
    sheet = Image.new("RGBA", (WIDTH, top + rows * CELL + MARGIN))
    draw = ImageDraw.Draw(sheet)
    if words:
        draw.text((MARGIN, MARGIN), words, font=large, fill=INK)
    for number, glyph in enumerate(glyphs):
        left = MARGIN + number % COLUMNS * CELL + CELL // 2
        foot = top + number // COLUMNS * CELL + CELL * 2 // 3
        draw.text((left, foot), glyph, font=small, fill=INK, anchor="ms")
    return sheet


def _face(face: bytes, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(face), size, layout_engine=ImageFont.Layout.BASIC)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
