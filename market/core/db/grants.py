"""What the application's own database user may do: add to every table, change most of them.

Rows that are InsertOnly stay as they were written, whoever writes the code: the user has no right
to UPDATE or DELETE them, or to create, alter or empty tables. MySQL's grants only add up, so the
two rights are given table by table; a table that a release brings gets them from `migrate_once`.
"""

import re

from django.apps import apps
from django.db import OperationalError, ProgrammingError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from market.core.insert_only import InsertOnly

_ACCOUNT = re.compile(r"[A-Za-z0-9_.-]{1,32}@[A-Za-z0-9_.:%/-]{1,60}")
_EVERYWHERE = ("SELECT", "INSERT")
_WHERE_ROWS_CHANGE = ("UPDATE", "DELETE")
# What may be held on a whole schema, on MySQL and MariaDB alike.
_NEVER = (
    "UPDATE", "DELETE", "CREATE", "DROP", "REFERENCES", "INDEX", "ALTER", "CREATE TEMPORARY TABLES",
    "LOCK TABLES", "EXECUTE", "CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE",
    "EVENT", "TRIGGER",
)  # fmt: skip
_NO_SUCH_GRANT = 1147  # ER_NONEXISTING_TABLE_GRANT


def insert_only_tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, InsertOnly)}


def changing_tables() -> list[str]:
    """All others, those between two models included."""
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models} - insert_only_tables())


def grant_to(*, account: str, connection: BaseDatabaseWrapper) -> None:
    """Give `name@host` its rights on this database, and take all others from it. Repeatable.

    The connection's own user needs the right to grant. Raises ValueError for another form of name.
    """
    if not _ACCOUNT.fullmatch(account):
        raise ValueError(f"not an account: {account}")
    name, host = account.split("@", 1)
    user = f"'{name}'@'{host}'"
    quote = connection.ops.quote_name
    schema = quote(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        # First what it keeps: a running application is never without it.
        cursor.execute(f"GRANT {', '.join(_EVERYWHERE)} ON {schema}.* TO {user}")
        cursor.execute(f"REVOKE {', '.join(_NEVER)} ON {schema}.* FROM {user}")
        for table in sorted(insert_only_tables()):
            _revoke_all(cursor, f"{schema}.{quote(table)}", user)
        for table in changing_tables():
            rights = ", ".join(_WHERE_ROWS_CHANGE)
            cursor.execute(f"GRANT {rights} ON {schema}.{quote(table)} TO {user}")


def _revoke_all(cursor: CursorWrapper, table: str, user: str) -> None:
    """Nobody but an administrator may look up what another user holds: so all is taken."""
    try:
        cursor.execute(f"REVOKE ALL PRIVILEGES ON {table} FROM {user}")
    except (OperationalError, ProgrammingError) as error:
        if error.args[0] != _NO_SUCH_GRANT:
            raise
