"""Films, as ffprobe reads them: a process of its own with limits on time and memory."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from market.core.locales import either
from market.items.errors import UploadRefused
from market.items.subprocesses import ONLY_FILMS, ToolFailed, run_tool
from market.tenancy.definitions import FileRole

PROBE_SECONDS = 30
READ_SECONDS = 120
MAX_SIDE = 8192
DAMAGED = _("The video is damaged or cut off. Export it again.")
CODEC_NAMES = {"mjpeg": "photo-jpeg"}  # what site.toml calls ffmpeg's codecs


@dataclass(frozen=True, slots=True)
class Film:
    width: int
    height: int
    seconds: float
    codec: str
    has_sound: bool


def read_film(path: Path) -> Film:
    command = [
        "ffprobe", "-v", "error", "-protocol_whitelist", "file", *ONLY_FILMS,
        "-print_format", "json",
        "-show_entries", "format=duration:stream=codec_type,codec_name,width,height,duration",
        f"file:{path}",
    ]  # fmt: skip
    try:
        found = json.loads(run_tool(command, seconds=PROBE_SECONDS))
        streams = found.get("streams", [])
        pictures = [one for one in streams if one.get("codec_type") == "video"]
        if not pictures:
            raise UploadRefused(_("The file holds no moving picture."))
        first = pictures[0]
        return Film(
            width=int(first["width"]),
            height=int(first["height"]),
            seconds=round(float(found["format"].get("duration") or first["duration"]), 3),
            codec=CODEC_NAMES.get(first["codec_name"], first["codec_name"]),
            has_sound=any(one.get("codec_type") == "audio" for one in streams),
        )
    except (ToolFailed, KeyError, ValueError, TypeError) as error:
        raise UploadRefused(DAMAGED) from error


def _require_whole(path: Path) -> None:
    """Read all packets once, without decoding: a file that was cut off ends in an error."""
    command = [
        "ffmpeg", "-v", "error", "-xerror", "-nostdin", "-protocol_whitelist", "file,pipe",
        *ONLY_FILMS,
        "-i", f"file:{path}", "-map", "0:v:0", "-c", "copy", "-f", "null", "-",
    ]  # fmt: skip
    try:
        run_tool(command, seconds=READ_SECONDS)
    except ToolFailed as error:
        raise UploadRefused(DAMAGED) from error


def check_film(path: Path, role: FileRole) -> Film:
    found = read_film(path)
    _require_whole(path)
    long_side, short_side = max(found.width, found.height), min(found.width, found.height)
    if long_side > MAX_SIDE:
        raise UploadRefused(
            _(
                "The video has %(width)d × %(height)d pixels; "
                "at most %(limit)d on a side are allowed."
            ),
            width=found.width,
            height=found.height,
            limit=MAX_SIDE,
        )
    if role.min_long_side is not None and long_side < role.min_long_side:
        raise UploadRefused(
            _(
                "The video has %(width)d × %(height)d pixels; "
                "the long side must have at least %(limit)d."
            ),
            width=found.width,
            height=found.height,
            limit=role.min_long_side,
        )
    if role.min_short_side is not None and short_side < role.min_short_side:
        raise UploadRefused(
            _(
                "The video has %(width)d × %(height)d pixels; "
                "the short side must have at least %(limit)d."
            ),
            width=found.width,
            height=found.height,
            limit=role.min_short_side,
        )
    if found.seconds <= 0:
        raise UploadRefused(_("The video has no length. Export it again."))
    if role.max_seconds is not None and found.seconds > role.max_seconds:
        raise UploadRefused(
            _("The video lasts %(seconds)d seconds; at most %(limit)d are allowed."),
            seconds=round(found.seconds),
            limit=role.max_seconds,
        )
    if role.codec and found.codec not in role.codec:
        raise UploadRefused(
            _("The video is coded as %(codec)s; expected %(wanted)s."),
            codec=found.codec,
            wanted=either(role.codec),
        )
    return found
