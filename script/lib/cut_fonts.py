"""Cuts the open faces to what pages use.

    python script/lib/cut_fonts.py NODE_MODULES

Reads the variable faces of NODE_MODULES/@fontsource-variable and writes NODE_MODULES/.fonts: for
each face `<face>.woff2` (what nearly every page needs) and `<face>-more.woff2` (the other letters
of European names, fetched when one of them is on a page), with its licence beside it. Only the
weights in use are kept. Repeating it writes the same bytes.
"""

import shutil
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# Weights that the style sheets ask for: body text and controls, or headings.
FACES = {
    "inter": (400, 700),
    "inter-tight": (600, 700),
    "jetbrains-mono": (500, 660),
    "archivo": (600, 780),
    "space-grotesk": (550, 700),
    "bricolage-grotesque": (600, 780),
    "fraunces": (440, 700),
    "sora": (560, 680),
}
# English, German, French, Spanish, Portuguese, Italian, Nordic: Latin-1 without its controls.
LETTERS = {*range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x178, 0x1E9E}
SIGNS = {
    *(0x2009, 0x200A, 0x202F),  # thin spaces, as numbers and units take them
    *(0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E),
    *(0x2022, 0x2026, 0x2030, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2122, 0x2190, 0x2192, 0x2212),
    *(0x02C6, 0x02DA, 0x02DC),
}
# The rest of Latin Extended-A, and Romanian's letters with a comma below.
MORE = {*range(0x100, 0x180), *range(0x218, 0x21C), 0x259} - LETTERS
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum", "case"]


def main() -> None:
    packages = Path(sys.argv[1])
    target = packages / ".fonts"
    fresh = packages / ".fonts-new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for face, weights in FACES.items():
        package = packages / "@fontsource-variable" / face
        files = package / "files"
        cut(
            files / f"{face}-latin-wght-normal.woff2",
            fresh / f"{face}.woff2",
            weights,
            LETTERS | SIGNS,
        )
        cut(
            files / f"{face}-latin-ext-wght-normal.woff2",
            fresh / f"{face}-more.woff2",
            weights,
            MORE,
        )
        shutil.copy(package / "LICENSE", fresh / f"{face}-LICENSE.txt")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def cut(source: Path, result: Path, weights: tuple[int, int], characters: set[int]) -> None:
    font = TTFont(source, lazy=False, recalcTimestamp=False)
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = [0, 1, 2, 13, 14]  # copyright, family, licence: they stay in the file
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)

    axes = {axis.axisTag: axis for axis in font["fvar"].axes}
    limits = {tag: axis.defaultValue for tag, axis in axes.items() if tag != "wght"}
    low = max(weights[0], axes["wght"].minValue)
    high = min(weights[1], axes["wght"].maxValue)
    font = instancer.instantiateVariableFont(font, {**limits, "wght": (low, high)})
    font.flavor = "woff2"
    font.save(result)


if __name__ == "__main__":
    main()
