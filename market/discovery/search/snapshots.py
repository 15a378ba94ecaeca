"""Copies of the index in the store: a new host begins with the newest, and need not build one."""

import hashlib
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import IO
from uuid import uuid4

import structlog
from django.utils import timezone

from market.core import storage
from market.discovery.models import SearchSnapshot
from market.discovery.search import engine
from market.items.selectors.changes import forgotten_position

KEPT = 2  # the one before the newest may still be on its way to a host

log = structlog.get_logger(__name__)


def publish_snapshot() -> SearchSnapshot:
    """Store a copy of this host's index, and forget those that are too old.

    Raises SearchAway where there is none, IndexBusy.
    """
    key = f"search/{uuid4().hex}.tar"
    with engine().copied() as copy, tempfile.TemporaryFile(dir=copy.folder.parent) as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for one in sorted(copy.folder.iterdir()):
                archive.add(one, arcname=one.name)
        measured = storage.save(key, file, content_type="application/x-tar")
        made = SearchSnapshot.objects.create(
            form=engine().form,
            position=copy.position,
            key=key,
            sha256=measured.sha256,
            created_at=timezone.now(),
        )
    _forget_old()
    return made


def _forget_old() -> None:
    kept = SearchSnapshot.objects.filter(form=engine().form).order_by("-pk")
    for old in kept[KEPT:]:
        storage.delete(old.key)
        SearchSnapshot.objects.filter(pk=old.pk).delete()


def fetch_snapshot() -> bool:
    """Begin with the newest copy from which the changes since are still known.

    False where there is none that fits, or it does not arrive whole. Raises SearchAway on a host
    that keeps none, IndexBusy.
    """
    newest = (
        SearchSnapshot.objects.filter(form=engine().form, position__gte=forgotten_position())
        .order_by("-position", "-pk")
        .first()
    )
    if newest is None:
        return False
    try:
        engine().adopt(lambda folder: _unpack(newest, folder))
    except (*storage.AWAY, tarfile.TarError) as error:
        log.warning("search_snapshot_failed", key=newest.key, reason=repr(error))
        return False
    return True


def _unpack(snapshot: SearchSnapshot, folder: Path) -> None:
    """Raises OSError for bytes that are not those that were stored."""
    with tempfile.TemporaryFile(dir=folder.parent) as file:
        with storage.open_file(snapshot.key) as stored:
            shutil.copyfileobj(stored, file, storage.CHUNK_BYTES)
        if _digest(file) != snapshot.sha256:
            raise OSError(f"{snapshot.key} is not what was stored")
        with tarfile.open(fileobj=file, mode="r") as archive:
            for member in archive:
                _put(archive, member, folder)


def _put(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One file, flat in the folder, whatever its name says: `filter=` came with Python 3.11.4."""
    content = archive.extractfile(member)
    if content is None:
        raise OSError(f"{member.name} is no file")
    with content, (folder / Path(member.name).name).open("wb") as target:
        shutil.copyfileobj(content, target, storage.CHUNK_BYTES)


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # readable
    file.seek(0)
    return digest
