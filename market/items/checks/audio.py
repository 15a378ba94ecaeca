"""Sound files, as mutagen reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mutagen
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.wave import WAVE

from market.core.locales import either
from market.items.errors import UploadRefused
from market.tenancy.definitions import FileRole

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Typed loosely: mutagen has no complete types.
READERS: dict[str, Callable[[Path], Any]] = {"mp3": MP3, "wav": WAVE, "flac": FLAC, "aiff": AIFF}


@dataclass(frozen=True, slots=True)
class Sound:
    seconds: float
    bitrate_kbps: int
    sample_rate: int
    channels: int
    bit_depth: int | None


def read_sound(path: Path, format_name: str) -> Sound:
    try:
        info = READERS[format_name](path).info
        found = Sound(
            seconds=round(float(info.length), 3),
            bitrate_kbps=round(int(info.bitrate) / 1000),
            sample_rate=int(info.sample_rate),
            channels=int(info.channels),
            bit_depth=getattr(info, "bits_per_sample", None),
        )
    # mutagen lets errors of parsing through beside its own.
    except (mutagen.MutagenError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise UploadRefused(_("The sound cannot be read. Export it again.")) from error
    if found.seconds <= 0 or found.sample_rate <= 0:
        raise UploadRefused(_("The file holds no sound. Export it again."))
    return found


def check_sound(path: Path, format_name: str, role: FileRole) -> Sound:
    found = read_sound(path, format_name)
    if role.max_seconds is not None and found.seconds > role.max_seconds:
        raise UploadRefused(
            _("The sound lasts %(seconds)d seconds; at most %(limit)d are allowed."),
            seconds=round(found.seconds),
            limit=role.max_seconds,
        )
    # Variable rates come out a little under their nominal one.
    if role.min_bitrate_kbps is not None and found.bitrate_kbps < role.min_bitrate_kbps * 0.95:
        raise UploadRefused(
            _("The sound has %(rate)d kbit/s; at least %(limit)d are needed."),
            rate=found.bitrate_kbps,
            limit=role.min_bitrate_kbps,
        )
    _check_one_of(
        found.sample_rate,
        role.sample_rates,
        _("The sound has a sample rate of %(actual)d Hz; expected %(wanted)s."),
    )
    _check_one_of(
        found.channels,
        role.channels,
        ngettext_lazy(
            "The sound has %(actual)d channel; expected %(wanted)s.",
            "The sound has %(actual)d channels; expected %(wanted)s.",
            found.channels,
        ),
    )
    if found.bit_depth is not None:
        _check_one_of(
            found.bit_depth,
            role.bit_depths,
            _("The sound has %(actual)d bits a sample; expected %(wanted)s."),
        )
    return found


def _check_one_of(actual: int, allowed: tuple[int, ...], words: "_StrPromise") -> None:
    if allowed and actual not in allowed:
        wanted = either(str(one) for one in allowed)
        raise UploadRefused(words, actual=actual, wanted=wanted)
