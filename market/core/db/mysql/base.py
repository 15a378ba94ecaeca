"""Django's MySQL backend, minus connections that are stuck to a demoted writer.

After a failover a connection may still be open to the old writer, which is a reader now: it
answers pings, so Django would keep it while every write on it fails. This subclass asks for the
node's role where Django only pings, and drops the connection as soon as an error says that it is
of no more use. It also masks what only one of MySQL and MariaDB can do.

A new connection to a read-only node is accepted: reads go on while there is no writer, writes
fail at once (1290, answered with 503), and each request's health check drops the connection and
resolves the writer's name anew, so that writing goes on within a request of the promotion.

A transaction is never cut short here: closing inside `atomic()` would let a block that swallowed
the error end as if it had been committed. The connection is dropped when the transaction is over.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.backends.mysql import base, features
from django.db.utils import Error

from market.core import metrics
from market.core.db.errors import LOST_ERRORS, READ_ONLY_ERRORS, error_number
from market.core.db.mysql.schema import DatabaseSchemaEditor
from market.core.db.roles import READER, ROLE_PROBE
from market.core.spending import NOTHING


class DatabaseFeatures(features.DatabaseFeatures):
    # Production is MySQL: what only MariaDB has must not be relied on …
    can_return_columns_from_insert = False
    can_return_rows_from_bulk_insert = False
    has_native_uuid_field = False
    update_can_self_select = False
    # … nor what only MySQL has, since the tests run on MariaDB.
    has_select_for_update_of = False
    supports_expression_indexes = False


class CursorWrapper(base.CursorWrapper):
    """Tells the connection about errors, which drops itself if one ends its use."""

    def __init__(self, cursor: Any, connection: "DatabaseWrapper") -> None:
        super().__init__(cursor)
        self.connection = connection

    def execute(self, query: str, args: Sequence[Any] | Mapping[str, Any] | None = None) -> Any:
        return self._noted(super().execute, query, args)

    def executemany(self, query: str, args: Sequence[Any]) -> Any:
        return self._noted(super().executemany, query, args)

    def close(self) -> None:
        """Never raise: the ORM closes a cursor that failed, and then tells what had happened."""
        try:
            self.cursor.close()
        except self.connection.Database.Error as error:
            self.connection.note_error(error)

    def callproc(self, procname: str, args: Sequence[Any] = ()) -> Any:
        return self._noted(self.cursor.callproc, procname, args)

    def _noted(self, call: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return call(*arguments)
        except self.connection.Database.Error as error:
            self.connection.note_error(error)
            metrics.count("database.errors", tags={"error": str(error_number(error) or "none")})
            raise
        finally:
            taken = time.perf_counter() - started
            self.connection.spent = self.connection.spent.plus(taken)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    SchemaEditorClass = DatabaseSchemaEditor
    # An error said so; the connection is dropped as soon as no transaction is open.
    unusable = False
    spent = NOTHING

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.unusable = False
        return super().get_new_connection(conn_params)

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self.alias == READER:
            # What would write here is a mistake, also where the reader is the writer itself.
            with self.cursor() as cursor:
                cursor.execute("SET SESSION TRANSACTION READ ONLY")

    def create_cursor(self, name: str | None = None) -> Any:
        return CursorWrapper(self.connection.cursor(), self)

    def note_error(self, error: BaseException) -> None:
        if error_number(error) not in READ_ONLY_ERRORS | LOST_ERRORS:
            return
        self.unusable = True
        if not self.in_atomic_block:
            self.close()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # django-stubs leave it out
        except Error as error:
            self.note_error(error)
            raise

    def _set_autocommit(self, autocommit: bool) -> None:
        try:
            super()._set_autocommit(autocommit)  # type: ignore[misc]  # likewise
        except Error as error:
            self.note_error(error)
            raise

    def set_autocommit(
        self,
        autocommit: bool,
        force_begin_transaction_with_broken_autocommit: bool = False,
    ) -> None:
        if autocommit and self.connection is None:
            # A transaction ends whose connection is gone. Django would connect here, and if
            # that fails hide the error that matters; the next use connects, in autocommit mode.
            self.autocommit = True
            return
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        if autocommit and self.unusable:
            self.close()

    def is_usable(self) -> bool:
        """False for a lost connection, and for one to a node that is no longer the writer."""
        if self.unusable:
            return False
        if self.alias != "default":
            return bool(super().is_usable())
        try:  # one round trip, as Django's ping
            with self.connection.cursor() as cursor:
                cursor.execute(ROLE_PROBE)
                return not cursor.fetchone()[0]
        except self.Database.Error:
            return False
