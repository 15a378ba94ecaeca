"""How long a statement of a million lines takes to leave, and in how much memory.

    python -m benchmarks.statement_export [LINES]

Works in a test database beside the one of DATABASE_URL. Prints, for CSV and JSON: lines/s, and by
how much the process grew over what 10,000 lines took; then how long pages take with filters that
find nothing, at the newest end and after a million lines.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402  # Django first
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from market.payments import ledger  # noqa: E402
from market.payments.models import Account  # noqa: E402
from market.purchases.selectors import statement as selectors  # noqa: E402
from market.purchases.selectors.statement import Wanted  # noqa: E402
from market.purchases.selectors.statement_files import csv_lines, json_lines  # noqa: E402
from market.purchases.selectors.statement_rows import Row  # noqa: E402
from market.users.models import User  # noqa: E402

FEW = 10_000
Writer = Callable[[Iterable[Row]], Iterator[str]]


def main(lines: int) -> None:
    databases = setup_databases(verbosity=0, interactive=False, keepdb=False)
    try:
        few, many = make_author("few"), make_author("many")
        fill(few, FEW)
        fill(many, lines)
        for name, written in (("CSV", csv_lines), ("JSON", json_lines)):
            leave(few, written)
            before = peak()
            seconds, count = leave(many, written)
            print(
                f"{name}: {count:,} pieces in {seconds:.1f} s, {lines / seconds:,.0f} lines/s; "
                f"peak {peak():,} kB, {peak() - before:,} kB over that of {FEW:,} lines"
            )
        look(many)
    finally:
        teardown_databases(databases, verbosity=0)


def look(author: User) -> None:
    oldest = "WzIwMDAwXQ"  # position 20,000: all but the first lines lie behind it
    for wanted in (Wanted(), Wanted(group="payouts"), Wanted(site_id=5)):
        for cursor in ("", oldest):
            start = time.perf_counter()
            page = selectors.statement_page(user_id=author.pk, wanted=wanted, cursor=cursor)
            took = (time.perf_counter() - start) * 1000
            print(
                f"page {wanted.group or wanted.site_id or 'all'} "
                f"{'oldest' if cursor else 'newest'}: {took:.0f} ms, {len(page.rows)} rows"
            )


def leave(author: User, written: Writer) -> tuple[float, int]:
    start = time.perf_counter()
    rows = selectors.export(user_id=author.pk, wanted=Wanted())
    count = sum(1 for _ in written(rows))
    return time.perf_counter() - start, count


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def make_author(name: str) -> User:
    return User.objects.create_user(f"{name}@example.com", name, uuid4().hex)


def fill(author: User, lines: int) -> None:
    """By the database itself: transfers, and the author's half of each."""
    side = ledger.earnings_of(author.pk)
    ledger.open_accounts(sides=[side], currency="USD")
    account = Account.objects.get(kind=side.kind, scope=side.scope)
    with connection.cursor() as cursor:
        for start in range(0, lines, FEW):
            cursor.execute(
                "INSERT INTO payments_transfer (source, kind, created_at) "
                "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
                "SELECT CONCAT('adjust:', %s, '-', %s + (a.i - 1) * 100 + b.i), "
                "'adjust_earnings_up', '2030-01-01' + INTERVAL %s + (a.i - 1) * 100 + b.i SECOND "
                "FROM n a JOIN n b ORDER BY a.i, b.i LIMIT %s",
                [author.username, start, start, min(FEW, lines - start)],
            )
            cursor.execute(
                "INSERT INTO payments_line (transfer_id, account_id, cents, balance_cents) "
                "SELECT id, %s, 100, 100 FROM payments_transfer WHERE id >= %s ORDER BY id",
                [account.pk, first_id(cursor, author.username, start)],
            )
        cursor.execute("ANALYZE TABLE payments_line, payments_transfer")
        cursor.fetchall()


def first_id(cursor: CursorWrapper, name: str, start: int) -> int:
    cursor.execute(
        "SELECT id FROM payments_transfer WHERE source = %s", [f"adjust:{name}-{start + 1}"]
    )
    return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
