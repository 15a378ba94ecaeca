"""Files from authors: quarantine, checks, then a private object of their own and its row."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import IO
from uuid import uuid4

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, override

from market.core import locales, storage
from market.core.db.idle import after_a_pause
from market.core.text import clean_line
from market.items import tasks
from market.items.checks import Checked, check_file
from market.items.checks.roles import check_size
from market.items.errors import NotYourItem, UnknownRole, UploadRefused, WrongState
from market.items.models import Item, ItemFile, ItemVersion, Upload
from market.items.services.history import lock_item
from market.items.subprocesses import ToolMissing
from market.tenancy.definitions import FileRole
from market.tenancy.registry import marketplace_by_id
from market.users.models import User

KEPT = timedelta(hours=24)
PRUNED_AT_ONCE = 500
MAX_NAME_CHARS = 200
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "glb": "model/gltf-binary",
    "zip": "application/zip",
    "pdf": "application/pdf",
}
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Rules:
    role: FileRole
    inside: tuple[FileRole, ...]  # needed inside of the main file


def receive_upload(
    *, author: User, version: ItemVersion, role: str, name: str, file: IO[bytes]
) -> Upload:
    """Check a file and make it the version's for this role, in place of an earlier one.

    Raises NotYourItem, WrongState, UnknownRole, and UploadRefused, which leaves nothing but a
    refused Upload that keeps the reason.
    """
    rules = _rules_for(author, version, role)
    clean_name = _file_name(name)
    with _local_path(file) as path:
        with path.open("rb") as opened:
            measured = storage.measure(opened)
        upload = Upload.objects.create(
            key=uuid4(),
            author=author,
            version=version,
            role=role,
            name=clean_name,
            storage_key=f"quarantine/{uuid4().hex}",
            sha256=measured.sha256,
            bytes=measured.bytes,
        )
        try:
            check_size(measured.bytes, rules.role)
            _quarantine(upload, path)
            checked = _check(path, clean_name, rules)
            _accept(upload, path, checked, rules.role)
        except UploadRefused as refusal:
            _note_refusal(upload, refusal)
            raise
        except ToolMissing as error:
            logger.exception("upload_tool_missing", tool=str(error))
            unchecked = UploadRefused(
                _("This kind of file cannot be checked at the moment. Try again later.")
            )
            _note_refusal(upload, unchecked)
            raise unchecked from error
        finally:
            # Whatever happened: after this line nobody needs the quarantined bytes.
            storage.delete(upload.storage_key)
    return upload


def _rules_for(author: User, version: ItemVersion, role: str) -> _Rules:
    item = Item.objects.select_related("category").get(pk=version.item_id)
    if item.author_id != author.pk:
        raise NotYourItem
    if not ItemVersion.objects.get(pk=version.pk).is_editable:
        raise WrongState("changed", version.status)
    site = marketplace_by_id(item.site_id)
    top = item.category.path.split("/")[0]
    definition = site.file_role(role, top)
    if definition is None or not definition.is_upload:
        raise UnknownRole
    inside = tuple(
        one for one in site.file_roles_for(top) if one.inside and one.is_required_for(top)
    )
    return _Rules(definition, inside)


def _file_name(name: str) -> str:
    """As the author called it, without folders and invisible marks; its ending survives."""
    plain = clean_line(PurePosixPath(name.replace("\\", "/")).name).replace('"', "'")
    path = PurePosixPath(plain or "file")
    return path.stem[: MAX_NAME_CHARS - len(path.suffix[:20])] + path.suffix[:20]


@contextmanager
def _local_path(file: IO[bytes]) -> Iterator[Path]:
    """The file on this host's disk; Django has large uploads there already."""
    ready = getattr(file, "temporary_file_path", None)
    if ready is not None:
        yield Path(ready())
        return
    with tempfile.NamedTemporaryFile(prefix="upload-") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield Path(copy.name)


def _quarantine(upload: Upload, path: Path) -> None:
    with path.open("rb") as opened:
        storage.save(upload.storage_key, opened, content_type="application/octet-stream")


def _check(path: Path, name: str, rules: _Rules) -> Checked:
    try:
        return check_file(path, name=name, role=rules.role, inside=rules.inside)
    finally:
        # Checking may take longer than MySQL keeps an idle session: the next query asks first.
        after_a_pause()


def _accept(upload: Upload, path: Path, checked: Checked, role: FileRole) -> None:
    """Copy the checked bytes to their own key, then book them; without the row the copy goes."""
    key = f"products/{uuid4().hex}/{uuid4().hex}.{checked.format}"
    content_type = CONTENT_TYPES.get(checked.format, "application/octet-stream")
    with path.open("rb") as opened:
        storage.save(key, opened, content_type=content_type)
    after_a_pause()
    try:
        _book(upload, checked, role, key)
    except (OperationalError, InterfaceError):
        # Perhaps only the answer to COMMIT was lost: bytes without a row do less harm than a row
        # without bytes.
        raise
    except BaseException:
        storage.delete(key)
        raise


@transaction.atomic
def _book(upload: Upload, checked: Checked, role: FileRole, key: str) -> None:
    version = _lock_version(upload.version_id)
    position = 0
    if role.many:
        taken = version.files.filter(role=role.role).aggregate(last=Max("position"))["last"]
        position = 0 if taken is None else taken + 1
        if role.max_count is not None and version.files.filter(role=role.role).count() >= (
            role.max_count
        ):
            raise UploadRefused(
                ngettext_lazy(
                    "There is %(count)d already. Remove it first.",
                    "There are %(count)d already. Remove one first.",
                    role.max_count,
                ),
                count=role.max_count,
            )
    else:
        _drop(list(version.files.filter(role=role.role)))
    ItemFile.objects.create(
        version=version,
        role=role.role,
        position=position,
        name=upload.name,
        key=key,
        sha256=upload.sha256,
        bytes=upload.bytes,
        format=checked.format,
        facts=checked.facts,
    )
    upload.state = Upload.State.ACCEPTED
    upload.save(update_fields=["state"])
    _touch(version)


@transaction.atomic
def remove_file(*, author: User, version: ItemVersion, file_id: int) -> None:
    """Take a file out of a draft. Raises NotYourItem, WrongState; an unknown file is no error."""
    locked = _lock_version(version.pk)
    if locked.item.author_id != author.pk:
        raise NotYourItem
    _drop(list(locked.files.filter(pk=file_id)))
    _touch(locked)


def drop_files_of_other_rules(version: ItemVersion, before: str, after: str) -> None:
    """When a draft moves to another top-level category: files that were checked by other rules."""
    site = marketplace_by_id(version.item.site_id)
    changed = [
        file
        for file in version.files.all()
        if file.role == "main"
        or site.file_role(file.role, before) != site.file_role(file.role, after)
    ]
    _drop(changed)


def _lock_version(version_id: int) -> ItemVersion:
    """A version that may be changed, its item's row locked. Raises WrongState."""
    version = ItemVersion.objects.get(pk=version_id)
    version.item = lock_item(version.item_id)
    version.refresh_from_db(fields=["status"])
    if not version.is_editable:
        raise WrongState("changed", version.status)
    return version


def _touch(version: ItemVersion) -> None:
    """The previews follow the files."""
    tasks.make_previews.enqueue(version_id=version.pk)


def _drop(files: list[ItemFile]) -> None:
    """Rows now, bytes by a job after commit. Their previews go when the new ones are made."""
    if not files:
        return
    keys = [file.key for file in files]
    ItemFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    tasks.delete_objects.enqueue(keys=keys)


def _note_refusal(upload: Upload, refusal: UploadRefused) -> None:
    upload.state = Upload.State.REFUSED
    with override(locales.SOURCE_LANGUAGE):
        upload.refusal = str(refusal)[:300]
    upload.save(update_fields=["state", "refusal"])


def prune_uploads() -> int:
    """Forget what was refused or accepted a day ago, and what a dying host left half-way."""
    old = Upload.objects.filter(created_at__lt=timezone.now() - KEPT)
    rows = list(old.order_by("pk")[:PRUNED_AT_ONCE])
    for row in rows:
        if row.state == Upload.State.RECEIVED:
            storage.delete(row.storage_key)
    Upload.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
