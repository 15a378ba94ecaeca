"""How a booking gets into its tables: by one plain statement a table.

Building Django's own statements costs more than the database needs to run them, while people's
accounts are locked. Only the ledger calls this.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.db import connection, models

from market.payments.models import Balance


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


def write_balances(balances: Iterable[Balance]) -> None:
    changed = list(balances)
    if not changed:
        return
    table = connection.ops.quote_name(Balance._meta.db_table)
    case = "CASE account_id " + "WHEN %s THEN %s " * len(changed) + "END"
    marks = ", ".join(["%s"] * len(changed))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET balance_cents = {case}, lifetime_cents = {case}"  # noqa: S608
            f" WHERE account_id IN ({marks})",
            [
                *(value for one in changed for value in (one.pk, one.balance_cents)),
                *(value for one in changed for value in (one.pk, one.lifetime_cents)),
                *(one.pk for one in changed),
            ],
        )
