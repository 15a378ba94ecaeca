"""A person's statement: earnings, credit, or purchases; a page of it, or all of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, TypedDict

from django.db.models import QuerySet

from market.core.pagination import BadCursor, decode_cursor, encode_cursor
from market.payments.models import Account, Balance
from market.payments.selectors import statements as ledger
from market.purchases.models import Order
from market.purchases.selectors.statement_rows import Row, account_rows, order_rows

EARNINGS, CREDIT, PURCHASES = "earnings", "credit", "purchases"
ACCOUNTS = {EARNINGS: Account.Kind.AUTHOR_EARNINGS, CREDIT: Account.Kind.BUYER_CREDIT}
ORDERS_CHUNK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`of` is one of the three statements; both days count; empty values narrow nothing."""

    of: str = EARNINGS
    currency: str = ""
    since: date | None = None
    until: date | None = None
    group: str = ""
    site_id: int | None = None

    @property
    def is_narrow(self) -> bool:
        return bool(self.since or self.until or self.group or self.site_id)

    def fits(self, row: Row) -> bool:
        if self.group and row.group != self.group:
            return False
        return not self.site_id or row.site_id == self.site_id

    @property
    def moments(self) -> tuple[datetime | None, datetime | None]:
        """From which moment on, and before which: days are those of UTC."""
        since = datetime.combine(self.since, time.min, UTC) if self.since else None
        if self.until is None or self.until == date.max:
            return since, None
        return since, datetime.combine(self.until + timedelta(days=1), time.min, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """`looked_until` is set where the page ended because enough was looked through."""

    rows: list[Row]
    balance: Balance | None
    balances: list[Balance]
    next_cursor: str | None = None
    looked_until: datetime | None = None


class Block(NamedTuple):
    """What was looked at as one: a line of the ledger, or an order; `rows` of it that fit."""

    position: int
    at: datetime
    rows: list[Row]


class Filled(TypedDict):
    rows: list[Row]
    next_cursor: str | None
    looked_until: datetime | None


def statement_page(
    *, user_id: int, wanted: Wanted, cursor: str = "", size: int = ledger.PAGE
) -> StatementPage:
    """Newest first. Raises BadCursor."""
    before = _position(cursor)
    if wanted.of == PURCHASES:
        return _purchases_page(user_id, wanted, before, size)
    balances = ledger.balances_of(user_id=user_id, kind=ACCOUNTS[wanted.of])
    balance = _chosen(balances, wanted.currency)
    if balance is None:
        return StatementPage(rows=[], balance=None, balances=[])
    since, until = wanted.moments
    window = ledger.window(balance.account, since=since, until=until)

    def read(before: int, limit: int) -> list[Block]:
        lines = ledger.newest_lines(window, before=before, limit=limit)
        held = account_rows([line for line in lines if window.holds(line)], balance.account)
        rows = {row.line_id: row for row in held if wanted.fits(row)}
        return [
            Block(line.pk, line.transfer.created_at, [rows[line.pk]] if line.pk in rows else [])
            for line in lines
        ]

    chunk = ledger.CHUNK if wanted.is_narrow else size + 1
    return StatementPage(
        **_filled(read, before, size=size, chunk=chunk), balance=balance, balances=balances
    )


def export(*, user_id: int, wanted: Wanted) -> Iterator[Row]:
    """All that fits, the oldest first: one account of one currency, or all purchases."""
    if wanted.of == PURCHASES:
        yield from _all_purchases(user_id, wanted)
        return
    balances = ledger.balances_of(user_id=user_id, kind=ACCOUNTS[wanted.of])
    balance = _chosen(balances, wanted.currency)
    if balance is None:
        return
    since, until = wanted.moments
    for lines in ledger.all_lines(ledger.window(balance.account, since=since, until=until)):
        yield from (row for row in account_rows(lines, balance.account) if wanted.fits(row))


def _purchases_page(user_id: int, wanted: Wanted, before: int, size: int) -> StatementPage:
    def read(before: int, limit: int) -> list[Block]:
        orders = list(_orders(user_id).filter(pk__lt=before).order_by("-pk")[:limit])
        blocks = {order.pk: Block(order.pk, order.created_at, []) for order in orders}
        for row in _fitting(orders, wanted):
            if row.subject is not None:
                blocks[row.subject.order_id].rows.append(row)
        return list(blocks.values())

    chunk = ORDERS_CHUNK if wanted.is_narrow else size + 1
    filled = _filled(read, before, size=size, chunk=chunk)
    return StatementPage(**filled, balance=None, balances=[])


def _all_purchases(user_id: int, wanted: Wanted) -> Iterator[Row]:
    last, orders = 0, _orders(user_id).order_by("pk")
    while chunk := list(orders.filter(pk__gt=last)[: ledger.CHUNK]):
        last = chunk[-1].pk
        yield from _fitting(chunk, wanted)


def _fitting(orders: Sequence[Order], wanted: Wanted) -> list[Row]:
    since, until = wanted.moments
    return [
        row
        for row in order_rows([one for one in orders if one.status == Order.Status.PAID])
        if wanted.fits(row) and not (since and row.at < since) and not (until and row.at >= until)
    ]


def _orders(user_id: int) -> QuerySet[Order]:
    """Paid or not: only (buyer, id) is searched by."""
    return Order.objects.filter(buyer_id=user_id)


def _filled(
    read: Callable[[int, int], list[Block]], before: int, *, size: int, chunk: int
) -> Filled:
    """Read blocks until a page is full, nothing is left, or enough was looked through."""
    rows: list[Row] = []
    position, looked, last = before, 0, None
    while len(rows) < size:
        if last and looked >= ledger.LOOKED_THROUGH:
            return {"rows": rows, "next_cursor": encode_cursor(position), "looked_until": last.at}
        blocks = read(position, chunk)
        looked += chunk
        used = 0
        while used < len(blocks) and len(rows) < size:
            last = blocks[used]
            rows += last.rows
            position, used = last.position, used + 1
        if used == len(blocks) < chunk:
            return {"rows": rows, "next_cursor": None, "looked_until": None}
    return {"rows": rows, "next_cursor": encode_cursor(position), "looked_until": None}


def _chosen(balances: Sequence[Balance], currency: str) -> Balance | None:
    named = [one for one in balances if one.account.currency == currency]
    return next(iter(named or balances), None)


def _position(cursor: str) -> int:
    if not cursor:
        return 2**62
    position = int(decode_cursor(cursor, int)[0])
    if not 0 < position <= 2**62:
        raise BadCursor(cursor)
    return position
