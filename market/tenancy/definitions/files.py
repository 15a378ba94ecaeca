"""One role of upload, and which files an archive of it may hold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from market.tenancy.definitions.scope import Scoped

# Two endings of one format.
SAME_FORMAT = {
    "jpeg": "jpg",
    "htm": "html",
    "tiff": "tif",
    "aif": "aiff",
    "midi": "mid",
    "markdown": "md",
}
# Texts that law or courtesy puts beside any product; they are no documentation of it either.
LEGAL_TEXT = re.compile(r"(licen[sc]es?|copying|notice|credits|authors|provenance)\b", re.I)
READ_ME = re.compile(r"read[-_ ]?me\b", re.I)
LEGAL_INSIDE = re.compile(r"[-_ ](licen[sc]es?)$", re.I)


def format_of(name: str) -> str:
    """The format that a file's name claims: `"Photo.JPEG"` → `"jpg"`; empty without an ending."""
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    return SAME_FORMAT.get(ending, ending)


def is_legal_text(path: str) -> bool:
    """`LICENSE`, `LICENSE-bootstrap.txt`, `SAMPLES-LICENSE.txt`, `PROVENANCE.md` and the like."""
    name = PurePosixPath(path)
    if format_of(path) not in {"", "txt", "md", "html", "pdf"}:
        return False
    return bool(LEGAL_TEXT.match(name.stem) or LEGAL_INSIDE.search(name.stem))


def is_read_me(path: str) -> bool:
    return bool(READ_ME.match(PurePosixPath(path).stem))


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRole(Scoped):
    """Rules of one upload. A limit that is None or an empty tuple does not limit."""

    role: str
    required: bool
    required_for: tuple[str, ...]
    alternatives: tuple[str, ...]
    formats: tuple[str, ...]
    categories: tuple[str, ...]
    help: str
    private: bool
    inside: str
    derive: tuple[str, ...]

    max_bytes: int | None
    min_count: int | None
    max_count: int | None
    zip_allowed: bool

    exact_width: int | None
    exact_height: int | None
    min_width: int | None
    min_height: int | None
    max_width: int | None
    max_height: int | None
    aspect_ratio: Decimal | None
    aspect_tolerance: Decimal | None
    min_long_side: int | None
    min_short_side: int | None
    min_megapixels: Decimal | None
    max_megapixels: Decimal | None
    colour_space: str

    max_seconds: int | None
    codec: tuple[str, ...]
    min_bitrate_kbps: int | None
    sample_rates: tuple[int, ...]
    bit_depths: tuple[int, ...]
    channels: tuple[int, ...]
    watermarked: bool
    watermark_exempt: tuple[str, ...]

    max_entries: int | None
    max_unpacked_bytes: int | None
    must_contain_roles: tuple[str, ...]
    must_contain_formats: tuple[str, ...]
    must_contain_files: tuple[str, ...]
    may_contain_formats: tuple[str, ...]
    project_formats: tuple[str, ...]
    names: tuple[str, ...]

    max_triangles: int | None
    frame_count: int | None
    frame_width: int | None
    frame_height: int | None
    frame_format: str
    frame_max_bytes: int | None

    https_only: bool
    embed: str

    @property
    def is_upload(self) -> bool:
        """Whether the author uploads a file for it: not an address, not part of another file."""
        return not self.inside and self.formats != ("url",)

    @property
    def many(self) -> bool:
        return self.max_count is not None and self.max_count > 1

    def is_required_for(self, top: str) -> bool:
        """Whether an item of this top-level category needs it, or one of its `alternatives`."""
        return self.applies_to(top) and (self.required or top in self.required_for)

    def accepts(self, name: str) -> bool:
        return format_of(name) in self.formats

    def may_hold(self, path: str) -> bool:
        """Whether an archive of this role may hold a file of this name."""
        if not self.may_contain_formats or is_legal_text(path) or is_read_me(path):
            return True
        allowed = {*self.may_contain_formats, *self.must_contain_formats, *self.project_formats}
        return format_of(path) in allowed

    def counts_as(self, path: str) -> bool:
        """Whether a file inside the main archive fills this role (`inside = "main"`)."""
        if is_legal_text(path) or format_of(path) not in self.formats:
            return False
        # A named role is looked for in each part, so that docs/index.html counts as docs.
        parts = [PurePosixPath(part).stem.lower() for part in PurePosixPath(path).parts]
        return not self.names or any(part in self.names for part in parts)

    def missing_formats(self, paths: Iterable[str]) -> tuple[str, ...]:
        """`must_contain_formats` when an archive of these files holds none of them."""
        held = {format_of(path) for path in paths}
        wanted = self.must_contain_formats
        return () if not wanted or held & set(wanted) else wanted

    def missing_files(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those of `must_contain_files` that are neither on top nor in the one top folder."""
        held = set(paths)
        roots = {path.split("/", 1)[0] for path in held}
        prefix = f"{roots.pop()}/" if len(roots) == 1 and "/" in next(iter(held)) else ""
        return tuple(
            name
            for name in self.must_contain_files
            if name not in held and prefix + name not in held
        )
