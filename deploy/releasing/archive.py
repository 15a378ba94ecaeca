"""Zip files that hold the same bytes whenever they hold the same files."""

import stat
import time
import zipfile
from pathlib import Path

UNIX = 3
WRITABLE_BY_OWNER = 0o644
EXECUTABLE = 0o755


def pack(folder: Path, target: Path, *, at: int) -> None:
    """Write all files below `folder`, each dated `at` (seconds since 1970).

    Sorted by name, with one of two modes. Nothing is compressed: most of it is already, and what
    a compressor writes depends on its version. Raises ValueError for what is no plain file.
    """
    moment = time.gmtime(at)[:6]
    half = target.with_suffix(".part")
    with zipfile.ZipFile(half, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*"), key=lambda one: one.relative_to(folder).as_posix()):
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                continue
            if not stat.S_ISREG(mode):
                raise ValueError(f"{path} is no plain file")
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), moment)
            entry.create_system = UNIX
            executable = mode & stat.S_IXUSR
            entry.external_attr = (
                stat.S_IFREG | (EXECUTABLE if executable else WRITABLE_BY_OWNER)
            ) << 16
            archive.writestr(entry, path.read_bytes())
    half.replace(target)
