"""Colours that stand in a picture's place until it has come.

A page may not say a style (content security policy), so a stylesheet knows a few dozen colours and
a picture gets the nearest: `css/tints.css`, which a test compares with this.
"""

from functools import cache
from math import cos, radians, sin

# Hue in degrees; lightness and chroma (OKLCH) of the dark, the middle and the light of each.
HUES = tuple(range(10, 360, 30))
SHADES = {"d": (0.32, 0.07), "m": (0.58, 0.1), "l": (0.82, 0.06)}
GREYS = (0.16, 0.34, 0.52, 0.7, 0.84, 0.96)

Lab = tuple[float, float, float]


@cache
def tint_class(colour: str) -> str:
    """`#8a6f52` → `tint-40m`, `tint-grey3`: the class of the colour that looks nearest."""
    wanted = _oklab(colour)
    return min(palette(), key=lambda one: _distance(palette()[one], wanted))


@cache
def palette() -> dict[str, Lab]:
    """Each class with its colour in OKLab."""
    found = {f"tint-grey{number}": (light, 0.0, 0.0) for number, light in enumerate(GREYS)}
    for hue in HUES:
        turn = radians(hue)
        for name, (light, chroma) in SHADES.items():
            found[f"tint-{hue}{name}"] = (light, chroma * cos(turn), chroma * sin(turn))
    return found


def _distance(one: Lab, other: Lab) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _oklab(colour: str) -> Lab:
    """Björn Ottosson's matrices."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    mean = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * mean - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * mean + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * mean - 0.8086757660 * short,
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
