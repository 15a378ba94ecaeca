"""Zip archives of strangers: listed and tested, never trusted, never written to a disk by name.

After warehouse's rules, and stricter: what is declared is bounded before anything is inflated, and
what is inflated is bounded by what was declared (a lie ends in a wrong checksum).
"""

import struct
import time
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_lazy as _

from market.items.checks.zip_entries import check_entry_names, check_local_headers
from market.items.errors import UploadRefused

MAX_ENTRIES = 10_000
MAX_UNPACKED_BYTES = 2 * 1024**3
DIRECTORY_BYTES_PER_ENTRY = 256  # on average; bounds what is read before entries are counted
MAX_DEPTH = 2  # a zip in a zip, no deeper
MAX_NESTED_BYTES = 256 * 1024**2
TEST_SECONDS = 120
CHUNK_BYTES = 1 << 18
END = b"PK\x05\x06"
END_BYTES = 22
# (ratio, from how many unpacked bytes on): texts and drawings pack well, bombs far better.
RATIOS = ((100, 8 * 1024**2), (50, 64 * 1024**2))


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    bytes: int


@dataclass(slots=True)
class Budget:
    """What an archive and everything nested in it may cost together."""

    entries: int
    unpacked_bytes: int
    deadline: float = field(default_factory=lambda: time.monotonic() + TEST_SECONDS)

    def spend(self, *, entries: int, unpacked_bytes: int) -> None:
        self.entries -= entries
        self.unpacked_bytes -= unpacked_bytes
        if self.entries < 0:
            raise UploadRefused(_("The archive holds too many files."))
        if self.unpacked_bytes < 0:
            raise UploadRefused(_("The archive is too large when unpacked."))

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise UploadRefused(
                _("Checking this archive takes too long. Pack it in a simpler way.")
            )


def inspect_zip(
    path: Path, *, max_entries: int | None = None, max_unpacked_bytes: int | None = None
) -> list[Entry]:
    """The files of a sound archive, in its order. Reads every byte of it once."""
    budget = Budget(max_entries or MAX_ENTRIES, max_unpacked_bytes or MAX_UNPACKED_BYTES)
    with path.open("rb") as file:
        _check_end(file)
        return _inspect(file, budget, depth=0)


def _inspect(file: IO[bytes], budget: Budget, *, depth: int) -> list[Entry]:
    _check_directory(file, budget)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            budget.spend(entries=len(infos), unpacked_bytes=0)
            if not infos:
                raise UploadRefused(_("The archive is empty."))
            _check_bounds(infos, budget)
            if depth == 0:
                check_entry_names(infos)
                check_local_headers(file, archive, infos)
            for info in infos:
                _test(archive, info, budget, depth=depth)
    except UploadRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, UnicodeDecodeError) as error:
        raise UploadRefused(_("The archive is damaged or cut off. Pack it again.")) from error
    # What zipfile raises of a compression it lacks, of encryption, and of offsets that lie.
    except (NotImplementedError, RuntimeError, OSError, ValueError, OverflowError) as error:
        raise UploadRefused(
            _("The archive cannot be read. Pack it again as a plain ZIP.")
        ) from error
    return [Entry(info.filename, info.file_size) for info in infos if not info.is_dir()]


def _check_end(file: IO[bytes]) -> None:
    """The end record stands at the very end: no comment, nothing behind it, not cut off."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_BYTES))
    if file.read(4) == END:
        return
    file.seek(max(0, size - END_BYTES - 65535))
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or at + END_BYTES > len(tail):
        raise UploadRefused(_("The archive is cut off: its end is missing. Upload it again."))
    (comment,) = struct.unpack_from("<H", tail, at + 20)
    if at + END_BYTES + comment == len(tail):
        raise UploadRefused(_("The archive carries a comment. Pack it again without one."))
    raise UploadRefused(_("Something is attached behind the archive's end. Pack it again."))


def _check_directory(file: IO[bytes], budget: Budget) -> None:
    """Bound what the end record promises, before zipfile reads the whole directory.

    The count may lie; the directory's size cannot, since it is what gets read.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - END_BYTES - 65535 - 76))
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or at + END_BYTES > len(tail):
        raise UploadRefused(_("The archive is damaged or cut off. Pack it again."))
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if wide >= 0 and (entries == 0xFFFF or directory == 0xFFFFFFFF) and wide + 56 <= len(tail):
        entries, directory = struct.unpack_from("<QQ", tail, wide + 32)
    limit = max(1 << 16, budget.entries * DIRECTORY_BYTES_PER_ENTRY)
    if entries > budget.entries or directory > limit:
        raise UploadRefused(_("The archive holds too many files."))


def _check_bounds(infos: list[zipfile.ZipInfo], budget: Budget) -> None:
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    budget.spend(entries=0, unpacked_bytes=unpacked)
    for ratio, floor in RATIOS:
        if unpacked > floor and unpacked > packed * ratio:
            raise UploadRefused(_("The archive unpacks to suspiciously much. It was not accepted."))
    for info in infos:
        if info.flag_bits & 0x41:
            raise UploadRefused(_("The archive is protected with a password. Pack it without one."))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UploadRefused(
                _("The archive uses an unusual compression. Pack it as a plain ZIP (Deflate).")
            )


def _test(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, *, depth: int) -> None:
    """Inflate one entry: its checksum must hold; an archive inside is inspected likewise."""
    # Before each one too: to seek back in a packed archive is to unpack it anew.
    budget.check_time()
    with archive.open(info) as entry:
        first = entry.read(CHUNK_BYTES)
        nested = first.startswith(b"PK\x03\x04") and info.filename.lower().endswith(".zip")
        length = len(first)
        while chunk := entry.read(CHUNK_BYTES):
            length += len(chunk)
            budget.check_time()
    if length != info.file_size:
        raise UploadRefused(_("The archive is damaged: a file in it has not the size it states."))
    if nested:
        _inspect_nested(archive, info, budget, depth=depth + 1)


def _inspect_nested(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget, *, depth: int
) -> None:
    if depth >= MAX_DEPTH or info.file_size > MAX_NESTED_BYTES:
        raise UploadRefused(_("The archive holds archives within archives. Unpack the inner ones."))
    with archive.open(info) as entry:
        _inspect(entry, budget, depth=depth)
