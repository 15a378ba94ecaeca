"""Films: a copy that starts before it is loaded, and a still."""

from dataclasses import dataclass
from pathlib import Path

from market.items.making.outputs import Made, Output
from market.items.making.pictures import make_picture
from market.items.subprocesses import ONLY_FILMS, run_tool

COPY_SECONDS = 180
STILL_SECONDS = 60
CONTENT_TYPES = {"mp4": "video/mp4", "webm": "video/webm"}


@dataclass(frozen=True, slots=True)
class FilmSize:
    seconds: float
    width: int
    height: int


def make_video(path: Path, folder: Path, *, format_name: str, film: FilmSize) -> Made:
    """The same pictures in a new container: index first, no metadata, no other streams."""
    target = folder / f"preview.{format_name}"
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file",
        *ONLY_FILMS,
        "-i", f"file:{path}", "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy",
        "-map_metadata", "-1", "-map_chapters", "-1",
        *(["-movflags", "+faststart"] if format_name == "mp4" else []),
        f"file:{target}",
    ]  # fmt: skip
    run_tool(command, seconds=COPY_SECONDS)
    output = Output(target.name, target, CONTENT_TYPES[format_name], film.width, film.height)
    return Made([output], {"seconds": film.seconds})


def make_poster(path: Path, folder: Path, *, seconds: float) -> Made:
    """A still from a third into the film: the first picture is often black."""
    still = folder / "still.png"
    command = [
        "ffmpeg", "-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file",
        *ONLY_FILMS,
        "-ss", f"{seconds / 3:.2f}", "-i", f"file:{path}", "-map", "0:v:0",
        "-frames:v", "1", f"file:{still}",
    ]  # fmt: skip
    run_tool(command, seconds=STILL_SECONDS)
    return make_picture(still, folder, stem="poster-")
