"""An archive's files as folders. Names are a stranger's: shown, never used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from market.core.text import clean_line

MOST_AT_ONCE = 40  # files that an item's own page lists; more have a page of their own
SHOWN_FORMATS = 6
LEGAL = {"txt", "md", "pdf", "html", "other"}  # what lies beside the goods


@dataclass(slots=True)
class Folder:
    name: str
    folders: dict[str, "Folder"] = field(default_factory=dict)
    files: list[tuple[str, int]] = field(default_factory=list)  # name, bytes
    count: int = 0
    bytes: int = 0

    def put(self, parts: Sequence[str], length: int) -> None:
        folder = self
        folder._count(length)
        for part in parts[:-1]:
            folder = folder.folders.setdefault(part, Folder(part))
            folder._count(length)
        folder.files.append((parts[-1], length))

    def _count(self, length: int) -> None:
        self.count += 1
        self.bytes += length

    def shortened(self) -> "Folder":
        """Folders that hold one folder and nothing else stand in one line with it."""
        folder = self
        name = self.name
        while len(folder.folders) == 1 and not folder.files:
            (folder,) = folder.folders.values()
            name = f"{name}/{folder.name}" if name else folder.name
        return Folder(name, folder.folders, folder.files, folder.count, folder.bytes)


@dataclass(frozen=True, slots=True)
class FileTree:
    root: Folder
    total: int
    bytes: int
    formats: Sequence[str]

    @property
    def left_out(self) -> int:
        return max(0, self.total - self.root.count)

    @property
    def is_small(self) -> bool:
        return self.total <= MOST_AT_ONCE


def tree_of(facts: Mapping[str, Any]) -> FileTree | None:
    """Of what was measured of an archive when it was uploaded; None where it was none."""
    entries: Iterable[tuple[str, int]] = facts.get("entries") or ()
    root = Folder("")
    for path, length in entries:
        parts = [clean_line(part) or "?" for part in path.split("/") if part]
        if parts and parts[0] != "__MACOSX":
            root.put(parts, int(length))
    if not root.count:
        return None
    formats = [name.upper() for name in facts.get("formats", {}) if name not in LEGAL]
    return FileTree(
        root=root.shortened(),
        total=max(int(facts.get("count", 0)), root.count),
        bytes=max(int(facts.get("unpacked_bytes", 0)), root.bytes),
        formats=formats[:SHOWN_FORMATS],
    )
