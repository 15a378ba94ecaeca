"""What is taken out of archives that were checked: pages to look at, pictures to show."""

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from market.items.making.captions import caption_facts
from market.items.making.outputs import Made, Output
from market.items.making.pictures import make_picture
from market.tenancy.definitions import format_of

# What a page may consist of; anything else in the archive is left out.
LIVE_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json",
    "map": "application/json",
    "txt": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "ico": "image/x-icon",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "wasm": "application/wasm",
}
MAX_LIVE_FILES = 5000
PICTURES = {"jpg", "png", "webp"}


def make_live(path: Path, folder: Path) -> Made:
    """Each file of a page under its own path; the index comes first."""
    with zipfile.ZipFile(path) as archive:
        names = [
            info.filename
            for info in archive.infolist()
            if not info.is_dir()
            and format_of(info.filename) in LIVE_TYPES
            and not info.filename.startswith("__MACOSX/")
        ][:MAX_LIVE_FILES]
        index = index_of(names)
        names.sort(key=lambda name: (name != index, name))
        outputs = [
            Output(name, _take(archive, name, folder, number), LIVE_TYPES[format_of(name)])
            for number, name in enumerate(names)
        ]
    return Made(outputs, {"index": index, "files": len(outputs)})


def index_of(names: list[str]) -> str:
    """The `index.html` nearest to the top."""
    found = [name for name in names if PurePosixPath(name).name.lower() == "index.html"]
    return min(found, key=lambda name: (name.count("/"), name), default="")


def make_gallery(path: Path, folder: Path, *, most: int) -> list[Made]:
    """One preview for each picture in an archive, by name."""
    made = []
    with zipfile.ZipFile(path) as archive:
        names = picture_names(archive)[:most]
        for number, name in enumerate(names):
            taken = _take(archive, name, folder, number)
            one = make_picture(taken, folder, stem=f"{number}-")
            one.facts.update(caption_facts(name))
            made.append(one)
    return made


def take_first_picture(path: Path, folder: Path) -> Path:
    """The photograph that an archive is about: the first JPEG by name."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in picture_names(archive) if format_of(name) == "jpg"]
        return _take(archive, names[0], folder, 0)


def picture_names(archive: zipfile.ZipFile) -> list[str]:
    names = (info.filename for info in archive.infolist() if not info.is_dir())
    return sorted(
        name for name in names if format_of(name) in PICTURES and not name.startswith("__MACOSX/")
    )


def _take(archive: zipfile.ZipFile, name: str, folder: Path, number: int) -> Path:
    """A stranger's file under a name of ours: no path of the archive reaches the disk."""
    target = folder / f"taken-{number}.{format_of(name)}"
    with archive.open(name) as entry, target.open("wb") as file:
        shutil.copyfileobj(entry, file, 1 << 20)
    return target
