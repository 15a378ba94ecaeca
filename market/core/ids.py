"""Identifiers that leave the system, and the collations of the columns that hold text keys."""

import hashlib
import secrets
import uuid
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.crypto import salted_hmac

BINARY = "utf8mb4_bin"  # tokens, slugs, e-mails, hashes: equal means the same bytes
NAMES = "utf8mb4_unicode_520_ci"  # what people call things: equal ignores case and accents


class UUIDField(models.UUIDField[uuid.UUID | str, uuid.UUID]):
    """char(32) on every engine: a dump moves between MySQL, MariaDB and SQLite."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "char(32)"

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> str | None:
        if value is None:
            return None
        return (value if isinstance(value, uuid.UUID) else self.to_python(value)).hex


def new_token() -> str:
    """An unguessable word of 43 URL-safe characters (256 bits)."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What we keep of a token: SHA-256 in hex. Enough, since tokens are random, not chosen."""
    return hashlib.sha256(token.encode()).hexdigest()


def log_name(user_id: int) -> str:
    """What logs call a person: the same in every line, and nothing to whoever reads them.

    Keyed, since accounts are numbered: a plain hash is undone by counting. It changes with
    SECRET_KEY. `manage.py log_name` tells somebody's.
    """
    return salted_hmac("market.logs", str(user_id), algorithm="sha256").hexdigest()[:20]
