"""Which format a file has by its content, whatever its name says."""

import zipfile
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from market.items.errors import UploadRefused
from market.tenancy.definitions import format_of

HEAD_BYTES = 4096
TEXT_FORMATS = {"txt", "md", "csv", "html"}
MP4_BRANDS = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"dash",
}
NOT_ALSO_ARCHIVES = {"jpg", "png", "webp", "glb", "pdf"}


def content_format(path: Path) -> str:
    """`"jpg"`, `"zip"`, …; `"text"` for text of any kind; empty when it is nothing we know."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    found = _container(head) or _by_magic(head)
    return found or ("text" if _is_text(path) else "")


def claimed_format(name: str, accepted: tuple[str, ...]) -> str:
    """The format that the name promises, one of `accepted`."""
    claimed = format_of(name.strip())
    if claimed in accepted:
        return claimed
    wanted = ", ".join(one.upper() for one in accepted)
    if not claimed:
        raise UploadRefused(_("The file's name has no ending. Expected %(wanted)s."), wanted=wanted)
    raise UploadRefused(
        _("A .%(ending)s file does not fit here. Expected %(wanted)s."),
        ending=claimed[:12],
        wanted=wanted,
    )


def require_content(path: Path, claimed: str) -> None:
    """Refuse a file whose content is not of the claimed format."""
    found = content_format(path)
    fits = found == claimed or (found == "text" and claimed in TEXT_FORMATS)
    # QuickTime files without a brand, and MP4 in a .mov name, are usual.
    if not fits and {found, claimed} == {"mov", "mp4"}:
        fits = True
    if not fits:
        raise UploadRefused(
            _(
                "The name says %(claimed)s, but the content looks like %(found)s. "
                "Export the file again."
            )
            if found
            else _(
                "The name says %(claimed)s, but the content is something else. "
                "Export the file again."
            ),
            claimed=claimed.upper(),
            found=found.upper(),
        )
    if claimed in NOT_ALSO_ARCHIVES and zipfile.is_zipfile(path):
        raise UploadRefused(
            _("This %(format)s file has an archive attached to it. Export the file again."),
            format=claimed.upper(),
        )
    if claimed == "pdf":
        _require_end_of_pdf(path)


def _container(head: bytes) -> str:
    """Formats that hide behind a common envelope."""
    if head[:4] == b"RIFF" and len(head) >= 12:
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12], "")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand == b"qt  ":
            return "mov"
        return "mp4" if brand in MP4_BRANDS else ""
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free"):
        return "mov"
    return ""


def _by_magic(head: bytes) -> str:
    magics = (
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
        (b"\xff\xd8\xff", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF8", "gif"),
        (b"%PDF-", "pdf"),
        (b"glTF", "glb"),
        (b"fLaC", "flac"),
        (b"\x1aE\xdf\xa3", "webm"),
        (b"Rar!", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b", "gz"),
        (b"MZ", "exe"),
        (b"\x7fELF", "elf"),
        (b"ID3", "mp3"),
    )
    for magic, name in magics:
        if head.startswith(magic):
            return name
    if head[257:262] == b"ustar":
        return "tar"
    is_frame = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2  # MPEG layer III
    return "mp3" if is_frame else ""


def _is_text(path: Path) -> bool:
    """UTF-8 without NUL: read to the end, since a tail of bytes is what a disguise needs."""
    try:
        with path.open(encoding="utf-8", errors="strict", newline="") as file:
            while chunk := file.read(1 << 20):
                if "\0" in chunk:
                    return False
    except UnicodeDecodeError:
        return False
    return True


def _require_end_of_pdf(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2048))
        if b"%%EOF" not in file.read():
            raise UploadRefused(_("This PDF ends too early. Export it again."))
