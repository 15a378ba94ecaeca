"""Colours of pictures as the few names that people look for."""

import colorsys

# Hues in degrees, each up to which; red goes round.
_HUES = ((15, "red"), (40, "orange"), (68, "yellow"), (165, "green"), (195, "teal"), (255, "blue"),
         (305, "purple"), (340, "pink"), (360, "red"))  # fmt: skip
NAMES = ("red", "orange", "brown", "yellow", "green", "teal", "blue", "purple", "pink",
         "white", "grey", "black")  # fmt: skip
# What each is drawn as.
HEX = dict(zip(NAMES, ("#D62F2F", "#F08A24", "#8A5A33", "#F2CB2E", "#3E9B4F", "#2BA6A6", "#2F6FD6",
                       "#7A4BC2", "#E76BA8", "#FFFFFF", "#8C8C8C", "#1A1A1A"),
               strict=True))  # fmt: skip


def name_of(colour: str) -> str:
    """`#1E90FF` → `blue`."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    if lightness < 0.12:
        return "black"
    if saturation < 0.12 or lightness > 0.94:
        return "white" if lightness > 0.88 else "grey"
    name = next(name for bound, name in _HUES if hue * 360 <= bound)
    is_brown = name in ("orange", "red") and lightness < 0.4 and saturation < 0.8 and hue > 0.02
    return "brown" if is_brown else name
