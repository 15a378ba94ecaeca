"""The names and headers of a zip archive's entries."""

import re
import stat
import struct
import unicodedata
import zipfile
from typing import IO

from django.utils.translation import gettext_lazy as _

from market.items.errors import UploadRefused

MAX_PATH_CHARS = 400
MAX_PART_BYTES = 255
MAX_FOLDERS = 32
LOCAL = struct.Struct("<4sHHHHHIIIHH")
WIDE = 0xFFFFFFFF
DRIVE = re.compile(r"^[A-Za-z]:")


def check_entry_names(infos: list[zipfile.ZipInfo]) -> None:
    """Every entry lands inside the folder it is unpacked to, once, under a readable name."""
    seen: set[str] = set()
    files: set[str] = set()
    folders: set[str] = set()
    for info in infos:
        name = info.filename
        _check_path(info)
        _check_kind(info)
        key = unicodedata.normalize("NFC", name.rstrip("/")).casefold()
        if key in seen:
            raise UploadRefused(
                _("The archive holds %(name)s twice (case does not count)."), name=_show(name)
            )
        seen.add(key)
        (folders if info.is_dir() else files).add(key)
        parts = key.split("/")
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    clash = files & folders
    if clash:
        raise UploadRefused(
            _("In the archive, %(name)s is both a file and a folder."), name=_show(min(clash))
        )


def _check_path(info: zipfile.ZipInfo) -> None:
    name, shown = info.filename, _show(info.orig_filename)
    if "\0" in info.orig_filename or any(unicodedata.category(char) == "Cc" for char in name):
        raise UploadRefused(
            _("The archive holds a name with control characters: %(name)s."), name=shown
        )
    # zipfile turns the system's separator into a slash; the stored name tells.
    if name.startswith("/") or "\\" in info.orig_filename or DRIVE.match(name):
        raise UploadRefused(
            _("The archive holds an absolute path or a backslash: %(name)s."), name=shown
        )
    parts = name.rstrip("/").split("/")
    if ".." in parts or "." in parts or "" in parts:
        raise UploadRefused(
            _("The archive holds a path that leads outside of it: %(name)s."), name=shown
        )
    too_long = len(name) > MAX_PATH_CHARS or any(len(p.encode()) > MAX_PART_BYTES for p in parts)
    if too_long or len(parts) > MAX_FOLDERS:
        raise UploadRefused(
            _("The archive holds a path that is too long or too deep: %(name)s."), name=shown
        )


def _check_kind(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UploadRefused(
            _("The archive holds a link or a device, not a file: %(name)s."),
            name=_show(info.filename),
        )


def check_local_headers(
    file: IO[bytes], archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]
) -> None:
    """What stands before each entry says the same as the directory; no two share their bytes."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise UploadRefused(_("Files in the archive overlap. It was not accepted."))
        if info.header_offset > 0 and end == 0:
            raise UploadRefused(_("Something stands before the archive's start. Pack it again."))
        end = _check_local(file, info)
    if end > archive.start_dir:
        raise UploadRefused(_("Files in the archive overlap. It was not accepted."))


def _check_local(file: IO[bytes], info: zipfile.ZipInfo) -> int:
    """The offset behind the entry's bytes."""
    file.seek(info.header_offset)
    head = file.read(LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise UploadRefused(_("The archive is damaged. Pack it again."))
    (
        _sign,
        _needed,
        flags,
        method,
        _time,
        _date,
        checksum,
        packed,
        unpacked,
        name_length,
        extra_length,
    ) = LOCAL.unpack(head)
    if (flags | info.flag_bits) & 0x08:
        raise UploadRefused(
            _(
                "The archive was written as a stream (its sizes stand behind the files). "
                "Pack it again with a desktop program such as 7-Zip, or with `zip -r`."
            )
        )
    raw_name = file.read(name_length)
    extra = file.read(extra_length)
    if WIDE in (packed, unpacked):
        packed, unpacked = _wide_sizes(extra, packed, unpacked)
    name = raw_name.decode("utf-8" if flags & 0x800 else "cp437")
    same = (name, method, checksum, packed, unpacked) == (
        info.orig_filename,
        info.compress_type,
        info.CRC,
        info.compress_size,
        info.file_size,
    )
    if not same:
        raise UploadRefused(
            _("The archive contradicts itself about %(name)s. Pack it again."),
            name=_show(info.filename),
        )
    return int(info.header_offset + LOCAL.size + name_length + extra_length + packed)


def _wide_sizes(extra: bytes, packed: int, unpacked: int) -> tuple[int, int]:
    """(packed, unpacked) of a Zip64 extra field: unpacked stands first, each only if wide."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            values = list(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            unpacked = values.pop(0) if unpacked == WIDE and values else unpacked
            packed = values.pop(0) if packed == WIDE and values else packed
        at += 4 + length
    return packed, unpacked


def _show(name: str) -> str:
    """A stranger's name in a message: short, printable."""
    printable = "".join(char if char.isprintable() else "?" for char in name)
    return f"“{printable[:80]}”"
