"""Django's MySQL backend, minus connections that are stuck to a demoted writer.

After a failover a connection may still be open to the old writer, which is a reader now: it
answers pings, so Django would keep it while every write on it fails. This subclass asks for the
node's role where Django only pings, and drops the connection as soon as an error says that it is
of no more use. It also masks what MariaDB can and MySQL can't (RETURNING, native UUIDs).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.backends.mysql import base, features
from django.db.utils import DatabaseError, OperationalError

READ_ONLY_ERRORS = frozenset({1290, 1792, 1836})  # this node is no longer the writer
LOST_ERRORS = frozenset({2002, 2003, 2006, 2013, 4031, 1053})  # no connection any more
ROLE_PROBE = "SELECT @@global.read_only OR @@global.innodb_read_only"


def error_number(error: BaseException) -> int | None:
    """The server's or client's error number that a database exception carries."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else None


class DatabaseFeatures(features.DatabaseFeatures):
    # Production is MySQL: what only MariaDB has must not be relied on.
    can_return_columns_from_insert = False
    can_return_rows_from_bulk_insert = False
    has_native_uuid_field = False


class CursorWrapper:
    """Passes everything on; an error that ends the connection's use drops it."""

    def __init__(self, cursor: Any, connection: "DatabaseWrapper") -> None:
        self.cursor = cursor
        self.connection = connection

    def execute(self, query: str, args: Sequence[Any] | Mapping[str, Any] | None = None) -> Any:
        return self._run(self.cursor.execute, query, args)

    def executemany(self, query: str, args: Sequence[Any]) -> Any:
        return self._run(self.cursor.executemany, query, args)

    def _run(self, call: Callable[..., Any], query: str, args: Any) -> Any:
        try:
            return call(query, args)
        except Exception as error:
            self.connection.note_error(error)
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)

    def __iter__(self) -> Any:
        return iter(self.cursor)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    unusable = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.unusable = False
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: str | None = None) -> Any:
        return CursorWrapper(super().create_cursor(name), self)

    def note_error(self, error: Exception) -> None:
        if error_number(error) in READ_ONLY_ERRORS | LOST_ERRORS:
            self.unusable = True
            # Inside a transaction Django still has to roll back: is_usable() drops it afterwards,
            # since this flag makes the next request's (or job's) check ask.
            self.errors_occurred = True
            if not self.in_atomic_block:
                self.close()

    def is_usable(self) -> bool:
        """False for a lost connection, and for one to a node that is no longer the writer."""
        if self.unusable:
            return False
        if not super().is_usable():
            return False
        if self.alias != "default":
            return True
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(ROLE_PROBE)
                return not cursor.fetchone()[0]
        except (base.Database.Error, DatabaseError, OperationalError):
            return False
