"""Secondary indexes and foreign keys: taken off before a large load, put back after it.

Built at once they are sorted and written in order; kept during the load each row would be put into
the middle of up to seven trees that are larger than the memory. MySQL and MariaDB only.
"""

import re

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

_KEY = re.compile(r"^\s+((?:UNIQUE )?KEY `([^`]+)` .*?),?$", re.MULTILINE)
_FOREIGN = re.compile(r"^\s+(CONSTRAINT `([^`]+)` FOREIGN KEY .*?),?$", re.MULTILINE)


def definitions(bulk: BaseDatabaseWrapper, table: str) -> list[str]:
    """As SHOW CREATE TABLE writes them, which ALTER TABLE ADD takes: indexes, then foreign keys."""
    if bulk.vendor != "mysql":
        return []
    with bulk.cursor() as cursor:
        return [*_keys(cursor, table).values(), *_foreign_keys(cursor, table).values()]


def take_off(bulk: BaseDatabaseWrapper, table: str) -> None:
    """All but the primary key. Repeating it changes nothing."""
    with bulk.cursor() as cursor:
        quoted = bulk.ops.quote_name
        foreign, keys = _foreign_keys(cursor, table), _keys(cursor, table)
        drops = [f"DROP FOREIGN KEY {quoted(name)}" for name in foreign]
        drops += [f"DROP KEY {quoted(name)}" for name in keys]
        if drops:
            cursor.execute(f"ALTER TABLE {quoted(table)} {', '.join(drops)}")


def put_back(bulk: BaseDatabaseWrapper, table: str, wanted: list[str]) -> None:
    """What is missing of these, by one reading of the table. Repeating it changes nothing.

    Unique keys are proved by building them; foreign keys are not looked at again (see writing).
    """
    there = set(definitions(bulk, table))
    adds = [f"ADD {one}" for one in wanted if one not in there]
    if adds:
        with bulk.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {bulk.ops.quote_name(table)} {', '.join(adds)}")


def _keys(cursor: CursorWrapper, table: str) -> dict[str, str]:
    return {name: text for text, name in _KEY.findall(_statement(cursor, table))}


def _foreign_keys(cursor: CursorWrapper, table: str) -> dict[str, str]:
    return {name: text for text, name in _FOREIGN.findall(_statement(cursor, table))}


def _statement(cursor: CursorWrapper, table: str) -> str:
    cursor.execute(f"SHOW CREATE TABLE `{table}`")
    return str(cursor.fetchone()[1])
