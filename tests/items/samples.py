"""Small real files, and archives with one thing wrong."""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

DEMO = Path(__file__).parents[2] / "demo"
MP3 = DEMO / "audio" / "pixel-quest-overworld" / "preview.mp3"
MP4 = DEMO / "video" / "paper-wave-layers" / "preview.mp4"
GLB = DEMO / "models" / "retro-toy-rocket" / "preview.glb"
ICONS = DEMO / "graphics" / "featherlight-line-icons"


def picture(
    width: int = 640, height: int = 320, *, kind: str = "PNG", colour: str = "teal"
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return out.getvalue()


def archive(files: dict[str, bytes] | None = None, **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as made:
        for name, content in (files or {"icons/a.svg": b"<svg/>", "README.md": b"Hello"}).items():
            made.writestr(name, content)
    return out.getvalue()


def archive_of(*entries: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info, content in entries:
            made.writestr(info, content)
    return out.getvalue()


def raw_entry(
    name: bytes,
    content: bytes = b"x",
    *,
    flags: int = 0x800,
    local_name: bytes | None = None,
    attributes: int = 0,
    size: int | None = None,
    offset: int = 0,
) -> tuple[bytes, bytes]:
    """(local header with bytes, directory entry) of a stored file, however wrong."""
    checksum, length = zlib.crc32(content), len(content)
    local = local_name if local_name is not None else name
    head = struct.pack(
        "<4sHHHHHIIIHH", b"PK\3\4", 20, flags, 0, 0, 33, checksum, length, length, len(local), 0
    )
    stated = length if size is None else size
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        *(b"PK\1\2", 0x314, 20, flags, 0, 0, 33, checksum, length, stated, len(name), 0, 0, 0, 0),
        *(attributes, offset),
    )
    return head + local + content, entry + name


def raw_archive(*entries: tuple[bytes, bytes], entry_count: int | None = None) -> bytes:
    body = b"".join(local for local, _ in entries)
    directory = b"".join(entry for _, entry in entries)
    count = len(entries) if entry_count is None else entry_count
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def raw_files(*names: bytes, **options) -> bytes:
    """An archive of stored one-byte files under these names."""
    entries, offset = [], 0
    for name in names:
        entry = raw_entry(name, offset=offset, **options)
        entries.append(entry)
        offset += len(entry[0])
    return raw_archive(*entries)


def model(document: dict | None = None, *, version: int = 2) -> bytes:
    """A glTF binary of three triangles, or of `document`."""
    said = document or {
        "asset": {"version": "2.0"},
        "accessors": [{"count": 9}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
    }
    text = json.dumps(said).encode()
    text += b" " * (-len(text) % 4)
    size = 20 + len(text)
    return struct.pack("<4sIIII", b"glTF", version, size, len(text), 0x4E4F534A) + text
