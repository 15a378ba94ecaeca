"""Django's SQLite backend with the two collations that our columns name.

Columns say `utf8mb4_bin` (tokens, slugs, e-mails) or `utf8mb4_unicode_520_ci` (names), which
MySQL and MariaDB have; SQLite is given functions that sort and compare alike.
"""

import unicodedata
from typing import Any

from django.db.backends.sqlite3 import base


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.rstrip(" ").casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def compare_binary(left: str, right: str) -> int:
    return (left > right) - (left < right)


def compare_folded(left: str, right: str) -> int:
    return compare_binary(_fold(left), _fold(right))


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.create_collation("utf8mb4_bin", compare_binary)
        connection.create_collation("utf8mb4_unicode_520_ci", compare_folded)
        return connection
