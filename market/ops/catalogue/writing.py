"""How rows get into their tables: by LOAD DATA where the server takes it, else by INSERT.

On MySQL and MariaDB over a connection of its own, whose session skips what the loader vouches for.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from market.ops.catalogue.tables import NULL, TABLES, Row, Rows
from market.ops.models import CatalogueLoad, CatalogueLoadPart

ALIAS = "catalogue"
ROWS_PER_INSERT = 200  # SQLite takes 32,766 values a statement
# Between values and rows: no text of ours holds them, so that backslashes alone need care.
VALUE_END, ROW_END = "\x1f", "\x1e"
SLOW_SECONDS = 6 * 3600  # building the indexes of 40 million rows is one statement
SESSION = (
    # Every key is computed and no two are equal; the unique indexes are built anew in the end,
    # which looks at each pair of neighbours.
    "SET SESSION unique_checks=0",
    # Rows come before or with what they refer to, in numbers that are computed too. Without this
    # each row of 11 million would be looked up in its parents' tables.
    "SET SESSION foreign_key_checks=0",
)


class NotAsWritten(Exception):
    """The server took fewer rows than were sent, or changed values: the loader is wrong."""


@contextmanager
def bulk_connection() -> Iterator[BaseDatabaseWrapper]:
    """The connection to load by; `using=` its alias. On SQLite it is the one there is."""
    if connection.vendor != "mysql":
        yield connection
        return
    bulk = connection.copy(ALIAS)
    options = bulk.settings_dict["OPTIONS"]
    bulk.settings_dict["OPTIONS"] = options | {
        "local_infile": True,
        "read_timeout": SLOW_SECONDS,
        "write_timeout": SLOW_SECONDS,
    }
    connections[ALIAS] = bulk
    try:
        with bulk.cursor() as cursor:
            cursor.execute(f"SET SESSION wait_timeout={SLOW_SECONDS}")
            for statement in SESSION:
                cursor.execute(statement)
        yield bulk
    finally:
        bulk.close()
        del connections[ALIAS]


def takes_files(bulk: BaseDatabaseWrapper) -> bool:
    """Whether the server permits LOAD DATA LOCAL."""
    if bulk.vendor != "mysql":
        return False
    with bulk.cursor() as cursor:
        cursor.execute("SELECT @@local_infile")
        return bool(cursor.fetchone()[0])


def write_part(
    bulk: BaseDatabaseWrapper, *, load: CatalogueLoad, step: str, number: int, rows: Rows
) -> None:
    """All rows of a part and the note that it is there, in one transaction."""
    by_file = takes_files(bulk)
    with transaction.atomic(using=bulk.alias), bulk.cursor() as cursor:
        for table, found in rows.items():
            if found:
                (_load_file if by_file else _insert)(bulk, cursor, table, found)
        CatalogueLoadPart.objects.using(bulk.alias).create(load=load, step=step, number=number)


def _load_file(
    bulk: BaseDatabaseWrapper, cursor: CursorWrapper, table: str, rows: list[Row]
) -> None:
    columns = ", ".join(map(bulk.ops.quote_name, TABLES[table].columns))
    with tempfile.TemporaryDirectory(prefix="catalogue-") as folder:
        path = Path(folder) / "rows"
        path.write_bytes(as_text(rows).encode())
        cursor.execute(
            f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {bulk.ops.quote_name(table)} "
            "CHARACTER SET utf8mb4 "
            "FIELDS TERMINATED BY X'1F' ESCAPED BY '\\\\' LINES TERMINATED BY X'1E' "
            f"({columns})"
        )
        _check(cursor, table, len(rows))


def as_text(rows: list[Row]) -> str:
    """Escaped once for all rows: value by value would take longer than making them."""
    joined = ROW_END.join(VALUE_END.join(map(str, row)) for row in rows)
    return joined.replace("\\", "\\\\").replace(NULL, "\\N") + ROW_END


def _check(cursor: CursorWrapper, table: str, wanted: int) -> None:
    """LOCAL makes warnings of errors, and goes on: nothing of that kind is accepted."""
    written = cursor.rowcount
    cursor.execute("SHOW WARNINGS LIMIT 3")
    warnings = cursor.fetchall()
    if warnings or written != wanted:
        raise NotAsWritten(f"{table}: {written} of {wanted} rows; {warnings}")


def _insert(bulk: BaseDatabaseWrapper, cursor: CursorWrapper, table: str, rows: list[Row]) -> None:
    names = TABLES[table].columns
    columns = ", ".join(map(bulk.ops.quote_name, names))
    marks = f"({', '.join(['%s'] * len(names))})"
    for start in range(0, len(rows), ROWS_PER_INSERT):
        some = rows[start : start + ROWS_PER_INSERT]
        cursor.execute(
            f"INSERT INTO {bulk.ops.quote_name(table)} ({columns}) "  # noqa: S608
            f"VALUES {', '.join([marks] * len(some))}",
            [None if value == NULL else value for row in some for value in row],
        )
