"""Pictures: dimensions are read before anything is decoded, then the whole picture is decoded."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from market.items.errors import UploadRefused
from market.tenancy.definitions import FileRole

PILLOW_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
MAX_MEGAPIXELS = 50
MAX_SIDE = 20_000
MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    mode: str

    @property
    def megapixels(self) -> float:
        return self.width * self.height / MEGA


def read_picture(file: Path | IO[bytes], format_name: str, *, max_megapixels: float) -> Picture:
    """Decode a picture completely, after its size was found bearable."""
    try:
        with warnings.catch_warnings():
            # Our own limit stands before Pillow's warning about large pictures.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=[PILLOW_FORMATS[format_name]]) as image:
                found = Picture(image.width, image.height, image.mode)
                _check_bearable(found, getattr(image, "n_frames", 1), max_megapixels)
                # A JPEG is decoded at an eighth of its size: as strict, and small in memory.
                image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
                image.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise UploadRefused("The picture is damaged or cut off. Export it again.") from error
    except (Image.DecompressionBombError, MemoryError, OverflowError) as error:
        raise UploadRefused("The picture is too large to be opened.") from error
    return found


def _check_bearable(found: Picture, frames: int, max_megapixels: float) -> None:
    if max(found.width, found.height) > MAX_SIDE or found.megapixels > max_megapixels:
        raise UploadRefused(
            f"The picture has {found.width} × {found.height} pixels; "
            f"at most {max_megapixels:g} megapixels can be taken."
        )
    if frames > 1:
        raise UploadRefused("The picture is animated. Upload a still one.")


def check_image(file: Path | IO[bytes], format_name: str, role: FileRole) -> Picture:
    found = read_picture(file, format_name, max_megapixels=_most_megapixels(role))
    check_dimensions(found, role)
    return found


def _most_megapixels(role: FileRole) -> float:
    return float(role.max_megapixels) if role.max_megapixels is not None else MAX_MEGAPIXELS


def check_dimensions(found: Picture, role: FileRole) -> None:
    """Every limit of the role that a picture can break."""
    size = f"The picture has {found.width} × {found.height} pixels"
    long_side, short_side = max(found.width, found.height), min(found.width, found.height)
    limits = (
        (role.exact_width, found.width, "exactly", "wide"),
        (role.exact_height, found.height, "exactly", "high"),
        (role.min_width, found.width, "at least", "wide"),
        (role.min_height, found.height, "at least", "high"),
        (role.min_long_side, long_side, "at least", "on its long side"),
        (role.min_short_side, short_side, "at least", "on its short side"),
        (role.max_width, found.width, "at most", "wide"),
        (role.max_height, found.height, "at most", "high"),
    )
    for limit, actual, word, where in limits:
        if limit is not None and not _keeps(word, actual, limit):
            raise UploadRefused(f"{size}; it must be {word} {limit} pixels {where}.")
    _check_aspect(found, role)
    if role.min_megapixels is not None and found.megapixels < role.min_megapixels:
        raise UploadRefused(f"{size}; at least {role.min_megapixels:g} megapixels are needed.")
    if role.colour_space == "RGB" and found.mode not in ("RGB", "RGBA", "P"):
        raise UploadRefused("The picture is not in RGB colours. Convert it and upload it again.")


def _keeps(word: str, actual: int, limit: int) -> bool:
    if word == "exactly":
        return actual == limit
    return actual >= limit if word == "at least" else actual <= limit


def _check_aspect(found: Picture, role: FileRole) -> None:
    if role.aspect_ratio is None:
        return
    wanted, tolerance = float(role.aspect_ratio), float(role.aspect_tolerance or 0)
    if abs(found.width / found.height - wanted) > wanted * tolerance:
        shape = "square" if wanted == 1 else f"{wanted:g} times as wide as high"
        raise UploadRefused(
            f"The picture has {found.width} × {found.height} pixels; it must be {shape}."
        )
