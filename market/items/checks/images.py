"""Pictures: dimensions are read before anything is decoded, then the whole picture is decoded."""

import operator
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from market.core.locales import number
from market.items.errors import UploadRefused
from market.tenancy.definitions import FileRole

PILLOW_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
MAX_MEGAPIXELS = 50
MAX_SIDE = 20_000
MEGA = 1_000_000
EXACTLY_WIDE = _(
    "The picture has %(width)d × %(height)d pixels; it must be exactly %(limit)d pixels wide."
)
EXACTLY_HIGH = _(
    "The picture has %(width)d × %(height)d pixels; it must be exactly %(limit)d pixels high."
)
AT_LEAST_WIDE = _(
    "The picture has %(width)d × %(height)d pixels; it must be at least %(limit)d pixels wide."
)
AT_LEAST_HIGH = _(
    "The picture has %(width)d × %(height)d pixels; it must be at least %(limit)d pixels high."
)
AT_LEAST_LONG = _(
    "The picture has %(width)d × %(height)d pixels; "
    "it must be at least %(limit)d pixels on its long side."
)
AT_LEAST_SHORT = _(
    "The picture has %(width)d × %(height)d pixels; "
    "it must be at least %(limit)d pixels on its short side."
)
AT_MOST_WIDE = _(
    "The picture has %(width)d × %(height)d pixels; it must be at most %(limit)d pixels wide."
)
AT_MOST_HIGH = _(
    "The picture has %(width)d × %(height)d pixels; it must be at most %(limit)d pixels high."
)


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
        raise UploadRefused(_("The picture is damaged or cut off. Export it again.")) from error
    except (Image.DecompressionBombError, MemoryError, OverflowError) as error:
        raise UploadRefused(_("The picture is too large to be opened.")) from error
    return found


def _check_bearable(found: Picture, frames: int, max_megapixels: float) -> None:
    if max(found.width, found.height) > MAX_SIDE or found.megapixels > max_megapixels:
        raise UploadRefused(
            _(
                "The picture has %(width)d × %(height)d pixels; "
                "at most %(limit)s megapixels can be taken."
            ),
            width=found.width,
            height=found.height,
            limit=number(max_megapixels),
        )
    if frames > 1:
        raise UploadRefused(_("The picture is animated. Upload a still one."))


def check_image(file: Path | IO[bytes], format_name: str, role: FileRole) -> Picture:
    found = read_picture(file, format_name, max_megapixels=_most_megapixels(role))
    check_dimensions(found, role)
    return found


def _most_megapixels(role: FileRole) -> float:
    return float(role.max_megapixels) if role.max_megapixels is not None else MAX_MEGAPIXELS


def check_dimensions(found: Picture, role: FileRole) -> None:
    """Every limit of the role that a picture can break."""
    size = {"width": found.width, "height": found.height}
    long_side, short_side = max(found.width, found.height), min(found.width, found.height)
    limits = (
        (role.exact_width, found.width, operator.eq, EXACTLY_WIDE),
        (role.exact_height, found.height, operator.eq, EXACTLY_HIGH),
        (role.min_width, found.width, operator.ge, AT_LEAST_WIDE),
        (role.min_height, found.height, operator.ge, AT_LEAST_HIGH),
        (role.min_long_side, long_side, operator.ge, AT_LEAST_LONG),
        (role.min_short_side, short_side, operator.ge, AT_LEAST_SHORT),
        (role.max_width, found.width, operator.le, AT_MOST_WIDE),
        (role.max_height, found.height, operator.le, AT_MOST_HIGH),
    )
    for limit, actual, keeps, words in limits:
        if limit is not None and not keeps(actual, limit):
            raise UploadRefused(words, **size, limit=limit)
    _check_aspect(found, role)
    if role.min_megapixels is not None and found.megapixels < role.min_megapixels:
        raise UploadRefused(
            _(
                "The picture has %(width)d × %(height)d pixels; "
                "at least %(limit)s megapixels are needed."
            ),
            **size,
            limit=number(role.min_megapixels),
        )
    if role.colour_space == "RGB" and found.mode not in ("RGB", "RGBA", "P"):
        raise UploadRefused(_("The picture is not in RGB colours. Convert it and upload it again."))


def _check_aspect(found: Picture, role: FileRole) -> None:
    if role.aspect_ratio is None:
        return
    wanted, tolerance = float(role.aspect_ratio), float(role.aspect_tolerance or 0)
    if abs(found.width / found.height - wanted) > wanted * tolerance:
        raise UploadRefused(
            _("The picture has %(width)d × %(height)d pixels; it must be square.")
            if wanted == 1
            else _(
                "The picture has %(width)d × %(height)d pixels; "
                "it must be %(ratio)s times as wide as high."
            ),
            width=found.width,
            height=found.height,
            ratio=number(wanted),
        )
