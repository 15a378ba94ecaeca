"""EXPLAIN as an assertion: which statements of a block would read a whole table or sort it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

MOST_SORTED = 1_000
TINY = 10  # rows that a test did not fill: reading them whole tells nothing


class SlowPlan(AssertionError):
    """A statement's plan reads a whole table or sorts without an index."""


@contextmanager
def indexed_only(*, small_tables: frozenset[str] = frozenset()) -> Iterator[None]:
    """Explain each SELECT of the block on MariaDB or MySQL; raises SlowPlan.

    `small_tables` may be read whole: they hold a known handful of rows at any size.
    """
    with CaptureQueriesContext(connection) as captured:
        yield
    for query in captured.captured_queries:
        statement = query["sql"]
        if statement.lstrip("( ").upper().startswith("SELECT"):
            for fault in _faults(statement, small_tables):
                raise SlowPlan(f"{fault}\n{statement}")


def _faults(statement: str, small_tables: frozenset[str]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement.replace("%", "%%"))
        columns = [column[0].lower() for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        table, extra = row.get("table"), row.get("extra") or ""
        derived = str(table).startswith("<")  # the statement's own list of values
        tiny = int(row.get("rows") or 0) <= TINY
        if row.get("type") == "ALL" and not (derived or tiny or table in small_tables):
            yield f"reads the whole of {table}: {json.dumps(row, default=str)}"
        if "filesort" in extra and not _sorts_a_page(row):
            yield f"sorts {table} without an index: {json.dumps(row, default=str)}"


def _sorts_a_page(row: dict[str, Any]) -> bool:
    """Sorting rows that were found by key and are bounded (search: 1,000 candidates) is no scan."""
    return int(row.get("rows") or 0) <= MOST_SORTED
