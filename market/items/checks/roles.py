"""A file against all rules of the role that it was uploaded for."""

import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from market.core.locales import decimal, either
from market.items.checks.archives import Entry, inspect_zip
from market.items.checks.audio import READERS, check_sound
from market.items.checks.images import PILLOW_FORMATS, Picture, check_dimensions, read_picture
from market.items.checks.images import check_image as check_picture
from market.items.checks.kinds import claimed_format, require_content
from market.items.checks.models3d import check_model
from market.items.checks.video import check_film
from market.items.content.roles import role_name
from market.items.errors import UploadRefused
from market.tenancy.definitions import FileRole, format_of

LISTED_ENTRIES = 2000
FILMS = ("mp4", "mov", "webm")
MAX_INNER_PICTURE_BYTES = 100 * 1024**2


@dataclass(frozen=True, slots=True)
class Checked:
    """`format` by content; `facts` as ItemFile keeps them."""

    format: str
    facts: dict[str, Any]


def check_file(path: Path, *, name: str, role: FileRole, inside: tuple[FileRole, ...]) -> Checked:
    """Refuse (UploadRefused) what does not keep the role's rules.

    `inside`: the roles that the category needs to be found in another file.
    """
    size = path.stat().st_size
    check_size(size, role)
    accepted = (*role.formats, "zip") if role.zip_allowed else role.formats
    claimed = claimed_format(name, accepted)
    require_content(path, claimed)
    if claimed == "zip":
        return Checked(claimed, _check_archive(path, role, inside))
    return Checked(claimed, _check_single(path, claimed, role))


def check_size(size: int, role: FileRole) -> None:
    if size == 0:
        raise UploadRefused(_("The file is empty."))
    if role.max_bytes is not None and size > role.max_bytes:
        raise UploadRefused(
            _("The file has %(size)s; at most %(limit)s are allowed."),
            size=_megabytes(size),
            limit=_megabytes(role.max_bytes),
        )


def _megabytes(size: int) -> str:
    if size >= 1024**2:
        return f"{decimal(size / 1024**2, 1)} MB"
    return f"{decimal(size / 1024, 0)} kB"


def _check_single(path: Path, claimed: str, role: FileRole) -> dict[str, Any]:
    checks: list[tuple[tuple[str, ...], Callable[[], object]]] = [
        (tuple(PILLOW_FORMATS), lambda: check_picture(path, claimed, role)),
        (tuple(READERS), lambda: check_sound(path, claimed, role)),
        (FILMS, lambda: check_film(path, role)),
        (("glb",), lambda: check_model(path, role)),
    ]
    for formats, check in checks:
        if claimed in formats:
            return asdict(check())  # type: ignore[call-overload,no-any-return]  # all dataclasses
    return {}


def _check_archive(path: Path, role: FileRole, inside: tuple[FileRole, ...]) -> dict[str, Any]:
    entries = inspect_zip(
        path, max_entries=role.max_entries, max_unpacked_bytes=role.max_unpacked_bytes
    )
    paths = [entry.path for entry in entries if not _is_litter(entry.path)]
    if not paths:
        raise UploadRefused(_("The archive holds no files."))
    _check_content(paths, role)
    _check_inner_roles(paths, role, inside)
    facts: dict[str, Any] = {}
    if role.frame_count is not None:
        _check_frames(path, entries, role)
    elif _is_about_pictures(role):
        facts |= _check_pictures(path, entries, role)
    return facts | _listing(entries)


def _is_litter(path: str) -> bool:
    """What operating systems leave in archives."""
    name = PurePosixPath(path).name
    return path.startswith("__MACOSX/") or name in (".DS_Store", "Thumbs.db", "desktop.ini")


def _check_content(paths: list[str], role: FileRole) -> None:
    if role.zip_allowed:
        strangers = [one for one in paths if format_of(one) not in role.formats]
    else:
        strangers = [one for one in paths if not role.may_hold(one)]
    if strangers:
        allowed = ", ".join(_allowed_inside(role))
        raise UploadRefused(
            _(
                "The archive holds “%(name)s”, which does not belong here. "
                "Expected %(allowed)s, a read-me and licence texts."
            ),
            name=strangers[0][:80],
            allowed=allowed,
        )
    if missing := role.missing_formats(paths):
        wanted = either(one.upper() for one in missing)
        raise UploadRefused(_("The archive must hold at least one %(wanted)s file."), wanted=wanted)
    if missing := role.missing_files(paths):
        raise UploadRefused(
            _("The archive must hold %(files)s on top or in its one top folder."),
            files=", ".join(missing),
        )
    if role.project_formats and not {format_of(one) for one in paths} & set(role.project_formats):
        wanted = ", ".join(one.upper() for one in role.project_formats)
        raise UploadRefused(_("The archive holds no project file (%(wanted)s)."), wanted=wanted)


def _allowed_inside(role: FileRole) -> list[str]:
    if role.zip_allowed:
        return [one.upper() for one in role.formats]
    held = (*role.may_contain_formats, *role.must_contain_formats, *role.project_formats)
    return sorted({one.upper() for one in held})


def _check_inner_roles(paths: list[str], role: FileRole, inside: tuple[FileRole, ...]) -> None:
    """Documentation and the like, which a main archive must bring along."""
    for inner in inside:
        if inner.inside == role.role and not any(inner.counts_as(one) for one in paths):
            endings = ", ".join(one.upper() for one in inner.formats)
            raise UploadRefused(
                _("The archive must hold the %(file)s (%(formats)s)."),
                file=role_name(inner.role),
                formats=endings,
            )


def _is_about_pictures(role: FileRole) -> bool:
    limited = (role.min_megapixels, role.min_width, role.min_height, role.min_long_side)
    pictured = {*role.formats, *role.must_contain_formats} & set(PILLOW_FORMATS)
    return bool(pictured) and any(limit is not None for limit in limited)


def _check_pictures(path: Path, entries: list[Entry], role: FileRole) -> dict[str, Any]:
    """Each picture inside must open; the first by name counts as the archive's own."""
    wanted = role.formats if role.zip_allowed else role.must_contain_formats
    pictures = sorted(one.path for one in entries if format_of(one.path) in wanted)
    if role.zip_allowed and role.max_count is not None and len(pictures) > role.max_count:
        raise UploadRefused(
            ngettext_lazy(
                "The archive holds more than %(limit)d picture.",
                "The archive holds more than %(limit)d pictures.",
                role.max_count,
            ),
            limit=role.max_count,
        )
    first: Picture | None = None
    with zipfile.ZipFile(path) as archive:
        for name in (one for one in pictures if not _is_litter(one)):
            found = _open_picture(archive, name, role)
            if first is None or role.zip_allowed:
                check_dimensions(found, role)
            first = first or found
    if first is None:
        return {}
    return {"width": first.width, "height": first.height}


def _open_picture(archive: zipfile.ZipFile, name: str, role: FileRole) -> Picture:
    if archive.getinfo(name).file_size > MAX_INNER_PICTURE_BYTES:
        raise UploadRefused(_("“%(name)s” in the archive is too large."), name=name[:80])
    most = float(role.max_megapixels) if role.max_megapixels is not None else 50.0
    try:
        with archive.open(name) as entry:
            return read_picture(entry, format_of(name), max_megapixels=most)
    except UploadRefused as refusal:
        raise UploadRefused(
            _("“%(name)s” in the archive: %(problem)s"), name=name[:80], problem=refusal
        ) from refusal


def _check_frames(path: Path, entries: list[Entry], role: FileRole) -> None:
    """A turntable: a fixed number of pictures of one size."""
    frames = sorted(one.path for one in entries if format_of(one.path) == role.frame_format)
    if len(frames) != role.frame_count:
        raise UploadRefused(
            ngettext_lazy(
                "The archive holds %(count)d frame, not %(wanted)d.",
                "The archive holds %(count)d frames, not %(wanted)d.",
                len(frames),
            ),
            count=len(frames),
            wanted=role.frame_count,
        )
    with zipfile.ZipFile(path) as archive:
        for name in frames:
            found = _open_picture(archive, name, role)
            if (found.width, found.height) != (role.frame_width, role.frame_height):
                raise UploadRefused(
                    _(
                        "“%(name)s” has %(width)d × %(height)d pixels, "
                        "not %(wanted_width)d × %(wanted_height)d."
                    ),
                    name=name[:80],
                    width=found.width,
                    height=found.height,
                    wanted_width=role.frame_width,
                    wanted_height=role.frame_height,
                )
            size = archive.getinfo(name).file_size
            if role.frame_max_bytes is not None and size > role.frame_max_bytes:
                raise UploadRefused(
                    _("“%(name)s” is larger than %(limit)d bytes."),
                    name=name[:80],
                    limit=role.frame_max_bytes,
                )


def _listing(entries: list[Entry]) -> dict[str, Any]:
    formats = Counter(format_of(entry.path) or "other" for entry in entries)
    return {
        "count": len(entries),
        "unpacked_bytes": sum(entry.bytes for entry in entries),
        "formats": dict(formats.most_common(40)),
        "entries": [[entry.path, entry.bytes] for entry in entries[:LISTED_ENTRIES]],
    }
