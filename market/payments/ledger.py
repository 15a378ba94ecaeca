"""The only writer of ledger lines: double entry, append-only, exactly once by (source, kind).

Lock order: whoever books holds the row that owns the decision (the order) already; then all
people's accounts are locked here in one id-ordered statement, as the last step before commit.
Accounts of the platform are never locked: every sale touches them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from market.payments.models import Account, Line, Transfer

Kind = Account.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One order line that was paid. `source` names it once and for all: `line:17`."""

    source: str
    author_id: int
    item_price_cents: int
    author_fee_cents: int
    buyer_fee_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class _Move:
    source: str
    kind: str
    cents: int
    payer: Account
    receiver: Account


def person_scope(user_id: int) -> str:
    return f"user:{user_id}"


def open_accounts(*, author_ids: Iterable[int], gateway: str, currency: str) -> None:
    """Make sure that every account of a sale exists, before the transaction that books it."""
    wanted = [(kind, "") for kind in (Kind.BUYER_FEES, Kind.AUTHOR_FEES, Kind.TAX)]
    wanted += [(Kind.GATEWAY, gateway)]
    wanted += [(Kind.AUTHOR_EARNINGS, person_scope(one)) for one in sorted(set(author_ids))]
    there = set(
        Account.objects.filter(
            kind__in=Kind.values, scope__in={scope for _, scope in wanted}, currency=currency
        ).values_list("kind", "scope")
    )
    missing = [
        Account(
            kind=kind,
            scope=scope,
            currency=currency,
            balance_cents=0 if kind == Kind.AUTHOR_EARNINGS else None,
        )
        for kind, scope in wanted
        if (kind, scope) not in there
    ]
    if missing:
        Account.objects.bulk_create(missing, ignore_conflicts=True)


def book_sales(*, sales: Sequence[Sale], gateway: str, currency: str) -> None:
    """Book the paid lines of one order. A second booking of a line meets the unique key.

    Call it last in the transaction: from here to the commit the authors' accounts are locked.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A sale is booked in the transaction that makes the order paid.")
    platform = _platform_accounts(gateway, currency)
    people = lock_accounts({sale.author_id for sale in sales}, currency)
    moves: list[_Move] = []
    for sale in sales:
        author = people[sale.author_id]
        author.lifetime_cents += sale.item_price_cents
        moves += _moves(sale, author, platform)
    _write([move for move in moves if move.cents], people.values())


def lock_accounts(author_ids: Iterable[int], currency: str) -> dict[int, Account]:
    """The earnings accounts of these people, locked by one statement in the order of their ids."""
    scopes = {person_scope(author_id): author_id for author_id in author_ids}
    accounts = Account.objects.select_for_update().filter(
        kind=Kind.AUTHOR_EARNINGS, scope__in=scopes, currency=currency
    )
    return {scopes[account.scope]: account for account in accounts.order_by("id")}


def balance(*, kind: str, scope: str = "", currency: str = "USD") -> int:
    """What stands in an account: kept for people, summed up for the platform."""
    account = Account.objects.filter(kind=kind, scope=scope, currency=currency).first()
    if account is None:
        return 0
    if account.balance_cents is not None:
        return account.balance_cents
    total: int | None = Line.objects.filter(account=account).aggregate(total=Sum("cents"))["total"]
    return total or 0


def _platform_accounts(gateway: str, currency: str) -> dict[str, Account]:
    found = Account.objects.filter(
        kind__in=[Kind.BUYER_FEES, Kind.AUTHOR_FEES, Kind.TAX, Kind.GATEWAY],
        scope__in=["", gateway],
        currency=currency,
    )
    return {
        account.kind: account
        for account in found
        if account.scope == (gateway if account.kind == Kind.GATEWAY else "")
    }


def _moves(sale: Sale, author: Account, platform: dict[str, Account]) -> list[_Move]:
    gateway = platform[Kind.GATEWAY]
    kinds = Transfer.Kind
    return [
        _Move(sale.source, kinds.SALE, sale.item_price_cents, gateway, author),
        _Move(
            sale.source,
            kinds.AUTHOR_FEE,
            sale.author_fee_cents,
            author,
            platform[Kind.AUTHOR_FEES],
        ),
        _Move(
            sale.source, kinds.BUYER_FEE, sale.buyer_fee_cents, gateway, platform[Kind.BUYER_FEES]
        ),
        _Move(sale.source, kinds.TAX, sale.tax_cents, gateway, platform[Kind.TAX]),
    ]


def _write(moves: Sequence[_Move], people: Iterable[Account]) -> None:
    Transfer.objects.bulk_create(Transfer(source=one.source, kind=one.kind) for one in moves)
    # MySQL does not return the keys of a bulk insert: read them back by the unique key.
    transfers = {
        (one.source, one.kind): one
        for one in Transfer.objects.filter(source__in={move.source for move in moves})
    }
    lines = []
    for move in moves:
        transfer = transfers[move.source, move.kind]
        lines.append(_line(transfer, move.payer, -move.cents))
        lines.append(_line(transfer, move.receiver, move.cents))
    Line.objects.bulk_create(lines)
    Account.objects.bulk_update(people, ["balance_cents", "lifetime_cents"])


def _line(transfer: Transfer, account: Account, cents: int) -> Line:
    if account.balance_cents is not None:
        account.balance_cents += cents
    return Line(
        transfer=transfer, account=account, cents=cents, balance_cents=account.balance_cents
    )
