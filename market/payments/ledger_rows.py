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
    with connection.cursor() as cursor:
        cursor.execute(_select_accounts(len(wanted)), _named(wanted, currency))
        return list(cursor.fetchall())


def locked_accounts(
    names: Iterable[tuple[str, str]], currency: str
) -> list[tuple[int, str, str, Balance | None]]:
    """As `account_rows`, with the balances of people: those are locked, in the order of their keys.

    The accounts themselves are not: a lock reaches only the tables beside the inner select. Its
    LIMIT keeps it an inner one, so that the balances are met in its order.
    """
    wanted = list(names)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account.id, account.kind, account.scope,"  # noqa: S608
            " kept.balance_cents, kept.may_overdraw, kept.lifetime_cents"
            f" FROM ({_select_accounts(len(wanted))} ORDER BY id LIMIT {len(wanted)}) account"
            f" LEFT JOIN {_table(Balance)} kept ON kept.account_id = account.id"
            f" ORDER BY account.id {_lock()}",
            _named(wanted, currency),
        )
        rows = cursor.fetchall()
    return [(pk, kind, scope, _kept(pk, *kept)) for pk, kind, scope, *kept in rows]


def locked_balances(account_ids: Iterable[int]) -> dict[int, Balance]:
    """{account's key: its balance}, locked by one statement in the order of their keys."""
    wanted = list(account_ids)
    if not wanted:
        return {}
    marks = ", ".join(["%s"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(BALANCE)} FROM {_table(Balance)}"  # noqa: S608
            f" WHERE account_id IN ({marks}) ORDER BY account_id {_lock()}",
            wanted,
        )
        rows = cursor.fetchall()
    return {row[0]: _balance(row) for row in rows}


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Returns the first row's key: of several, MySQL tells no more."""
    marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table(model)} ({', '.join(columns)}) VALUES {marks}",  # noqa: S608
            list(chain.from_iterable(rows)),
        )
        return int(cursor.lastrowid or 0)


def write_balances(balances: Iterable[Balance], columns: Sequence[str]) -> None:
    """Write these columns of balances that are locked."""
    changed = list(balances)
    if not changed:
        return
    case = "CASE account_id " + "WHEN %s THEN %s " * len(changed) + "END"
    marks = ", ".join(["%s"] * len(changed))
    values = [(one.pk, getattr(one, column)) for column in columns for one in changed]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(Balance)} SET {', '.join(f'{column} = {case}' for column in columns)}"  # noqa: S608
            f" WHERE account_id IN ({marks})",
            [*chain.from_iterable(values), *(one.pk for one in changed)],
        )


def _select_accounts(count: int) -> str:
    either = " OR ".join(["(kind = %s AND scope = %s AND currency = %s)"] * count)
    return f"SELECT id, kind, scope FROM {_table(Account)} WHERE {either}"  # noqa: S608


def _named(names: Iterable[tuple[str, str]], currency: str) -> list[str]:
    return [value for kind, scope in names for value in (kind, scope, currency)]


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _lock() -> str:
    return connection.ops.for_update_sql() if connection.features.has_select_for_update else ""


def _kept(account_id: int, cents: int | None, *more: Any) -> Balance | None:
    return None if cents is None else _balance((account_id, cents, *more))


def _balance(row: Sequence[Any]) -> Balance:
    return Balance.from_db(connection.alias, BALANCE, row)
