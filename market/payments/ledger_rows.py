"""How a booking gets into its tables: by one plain statement a table.

Building Django's own statements costs more than the database needs to run them, while people's
accounts are locked. Only the ledger calls this.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.db import connection, models

from market.payments.models import Account, Balance

BALANCE = ("account_id", "balance_cents", "may_overdraw", "lifetime_cents")


def account_rows(names: Iterable[tuple[str, str]], currency: str) -> list[tuple[int, str, str]]:
    """(key, kind, scope) of each account of these (kind, scope) that is there."""
    wanted = list(names)
    if not wanted:
        return []
    table = connection.ops.quote_name(Account._meta.db_table)
    either = " OR ".join(["(kind = %s AND scope = %s AND currency = %s)"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, kind, scope FROM {table} WHERE {either}",  # noqa: S608
            [value for kind, scope in wanted for value in (kind, scope, currency)],
        )
        return list(cursor.fetchall())


def locked_balances(account_ids: Iterable[int]) -> dict[int, Balance]:
    """{account's key: its balance}, locked by one statement in the order of their keys."""
    wanted = list(account_ids)
    if not wanted:
        return {}
    table = connection.ops.quote_name(Balance._meta.db_table)
    marks = ", ".join(["%s"] * len(wanted))
    lock = connection.ops.for_update_sql() if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(BALANCE)} FROM {table}"  # noqa: S608
            f" WHERE account_id IN ({marks}) ORDER BY account_id {lock}",
            wanted,
        )
        rows = cursor.fetchall()
    return {row[0]: Balance.from_db(connection.alias, BALANCE, row) for row in rows}


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Returns the first row's key: of several, MySQL tells no more."""
    table = connection.ops.quote_name(model._meta.db_table)
    marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks}",  # noqa: S608
            list(chain.from_iterable(rows)),
        )
        return int(cursor.lastrowid or 0)


def write_balances(balances: Iterable[Balance], columns: Sequence[str]) -> None:
    """Write these columns of balances that are locked."""
    changed = list(balances)
    if not changed:
        return
    table = connection.ops.quote_name(Balance._meta.db_table)
    case = "CASE account_id " + "WHEN %s THEN %s " * len(changed) + "END"
    marks = ", ".join(["%s"] * len(changed))
    values = [(one.pk, getattr(one, column)) for column in columns for one in changed]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {', '.join(f'{column} = {case}' for column in columns)}"  # noqa: S608
            f" WHERE account_id IN ({marks})",
            [*chain.from_iterable(values), *(one.pk for one in changed)],
        )
