"""Changes of big tables say how they are to be made, so that none is copied in silence.

MySQL chooses by itself between changing a table's description (INSTANT), working beside the
running statements (INPLACE) and copying all rows while nobody may write (COPY). Here each ALTER of
a table that is not small names the first two; what can be done by neither is refused. Small tables
are copied in a moment and may.

An ALTER also waits for every statement that runs on its table, and all that come later wait for
it. So it waits for seconds only, gives way, and tries again.
"""

import re
import time
from typing import Any

import structlog
from django.db.backends.mysql.schema import DatabaseSchemaEditor as MySQLSchemaEditor
from django.db.utils import NotSupportedError, OperationalError

logger = structlog.get_logger(__name__)
SMALL_ROWS = 10_000
WAIT_SECONDS, TIMES = 2, 60
NOT_THIS_WAY = frozenset({1845, 1846, 1221})
LOCK_WAIT = 1205
_TABLE = re.compile(
    r"^\s*(?:ALTER\s+TABLE|CREATE\s+(?:UNIQUE\s+)?INDEX\s+\S+\s+ON|DROP\s+INDEX\s+\S+\s+ON)\s+"
    r"`?(?P<table>\w+)`?",
    re.IGNORECASE,
)


class TableCopyRefused(NotSupportedError):
    """The change would copy a big table while nobody may write to it."""


class DatabaseSchemaEditor(MySQLSchemaEditor):
    def execute(self, sql: Any, params: Any = ()) -> None:
        found = _TABLE.match(str(sql))
        if self.collect_sql or not found or not self._is_big(found["table"]):
            super().execute(sql, params)
            return
        self._run_beside(str(sql).rstrip().rstrip(";"), params, found["table"])

    def _is_big(self, table: str) -> bool:
        """Counted no further than need be; information_schema's numbers may be a day old."""
        with self.connection.cursor() as cursor:
            name = self.connection.ops.quote_name(table)
            cursor.execute(f"SELECT 1 FROM {name} LIMIT 1 OFFSET {SMALL_ROWS - 1}")  # noqa: S608  # a name from our own statement
            return cursor.fetchone() is not None

    def _run_beside(self, sql: str, params: Any, table: str) -> None:
        # An index's statement takes the clauses without a comma, and is never instant.
        alters = sql.lstrip().upper().startswith("ALTER")
        ways = (
            [", ALGORITHM=INSTANT", ", ALGORITHM=INPLACE, LOCK=NONE"]
            if alters
            else [" ALGORITHM=INPLACE LOCK=NONE"]
        )
        for way in ways:
            try:
                self._patiently(sql + way, params)
            except OperationalError as error:
                if error.args[0] not in NOT_THIS_WAY:
                    raise
            else:
                logger.info("table_changed", table=table, way=way.strip(", "))
                return
        raise TableCopyRefused(
            f"{table} has more than {SMALL_ROWS} rows, and the database can only copy it for: "
            f"{sql[:300]}. Add a new column or table instead, or change it beside its traffic "
            f"(gh-ost) and record the migration with --fake."
        )

    def _patiently(self, sql: str, params: Any) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(f"SET SESSION lock_wait_timeout={WAIT_SECONDS}")
        for attempt in range(1, TIMES + 1):
            try:
                super().execute(sql, params)
            except OperationalError as error:
                if error.args[0] != LOCK_WAIT or attempt == TIMES:
                    raise
                logger.warning("table_is_busy", attempt=attempt, sql=sql[:100])
                time.sleep(min(attempt, 5))
            else:
                return
