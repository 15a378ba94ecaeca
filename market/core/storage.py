"""The bytes: S3, or a folder. The only module (beside `secrets`) that imports boto3.

Keys are made here or by callers from unguessable ids and are never reused or overwritten:
`quarantine/…` (not yet checked), `products/…` (private), `previews/…` (public by the files host).
"""

import hashlib
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.core.files.storage import default_storage, storages
from storages.backends.s3 import S3Storage

CHUNK_BYTES = 1024 * 1024
# What a store raises that is away, or does not have what is asked for.
AWAY = (OSError, BotoCoreError, ClientError)


class PrivateS3Storage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """No public access list, path-style addresses, bounded waiting, no overwriting."""

    def get_default_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = super().get_default_settings()
        return settings | {
            "default_acl": None,
            "querystring_auth": True,
            "file_overwrite": False,
            "max_memory_size": 8 * CHUNK_BYTES,
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                connect_timeout=2,
                read_timeout=20,
                retries={"max_attempts": 3, "mode": "standard"},
            ),
        }


@dataclass(frozen=True, slots=True)
class Measured:
    sha256: str
    bytes: int


class KeyTaken(Exception):
    """A stored file is never overwritten."""


def measure(file: IO[bytes]) -> Measured:
    """SHA-256 (hex) and length of a file, which is then at its start again."""
    digest, length = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        length += len(chunk)
    file.seek(0)
    return Measured(digest.hexdigest(), length)


def save(key: str, file: IO[bytes], *, content_type: str) -> Measured:
    """Store the whole file under a key of its own. Raises KeyTaken."""
    measured = measure(file)
    wrapped = File(file, name=key)
    wrapped.content_type = content_type  # type: ignore[attr-defined]  # django-storages reads it
    stored = default_storage.save(key, wrapped)
    if stored != key:
        default_storage.delete(stored)
        raise KeyTaken(key)
    return measured


def open_file(key: str) -> IO[bytes]:
    """Raises FileNotFoundError."""
    return default_storage.open(key, "rb")


def exists(key: str) -> bool:
    return default_storage.exists(key)


def delete(key: str) -> None:
    """Deleting what is not there is no error."""
    default_storage.delete(key)


def signed_url(key: str, *, filename: str, seconds: int) -> str | None:
    """An address at the store itself that dies after `seconds`; None when the store is a folder."""
    store = storages["default"]
    if not isinstance(store, PrivateS3Storage):
        return None
    disposition = f"attachment; filename*=UTF-8''{quote(filename)}"
    address: str = store.url(
        key, parameters={"ResponseContentDisposition": disposition}, expire=seconds
    )
    return address
