"""The only writer of ledger lines: double entry, append-only, exactly once by (source, kind).

Lock order: whoever books holds the row that owns the decision (the order) already; then all
people's balances are locked here in one id-ordered statement, as the last step before commit.
Accounts of the platform are never locked: every sale touches them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from market.payments.models import Account, Balance, Line, Transfer

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
    names = _names(author_ids, gateway)
    there = _accounts(names, currency)
    if there.keys() == set(names):
        return
    Account.objects.bulk_create(
        [
            Account(kind=kind, scope=scope, currency=currency)
            for kind, scope in names
            if (kind, scope) not in there
        ],
        ignore_conflicts=True,
    )
    Balance.objects.bulk_create(
        [
            Balance(account=account)
            for (kind, _), account in _accounts(names, currency).items()
            if kind == Kind.AUTHOR_EARNINGS
        ],
        ignore_conflicts=True,
    )


def book_sales(*, sales: Sequence[Sale], gateway: str, currency: str) -> None:
    """Book the paid lines of one order. A second booking of a line meets the unique key.

    Call it last in the transaction: from here to the commit the authors' balances are locked.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A sale is booked in the transaction that makes the order paid.")
    accounts = _accounts(_names({sale.author_id for sale in sales}, gateway), currency)
    moves = [move for sale in sales for move in _moves(sale, accounts, gateway) if move.cents]
    transfers = _write_transfers(moves)
    people = [one.pk for (kind, _), one in accounts.items() if kind == Kind.AUTHOR_EARNINGS]
    balances = lock_balances(people)
    for sale in sales:
        author = accounts[Kind.AUTHOR_EARNINGS, person_scope(sale.author_id)]
        balances[author.pk].lifetime_cents += sale.item_price_cents
    _write_lines(moves, transfers, balances)


def lock_balances(account_ids: Iterable[int]) -> dict[int, Balance]:
    """The balances of people's accounts, locked by one statement in the order of their ids."""
    balances = Balance.objects.select_for_update().filter(account_id__in=account_ids)
    return {one.account_id: one for one in balances.order_by("account_id")}


def balance(*, kind: str, scope: str = "", currency: str = "USD") -> int:
    """What stands in an account: kept for people, summed up for the platform."""
    account = Account.objects.filter(kind=kind, scope=scope, currency=currency)
    kept = Balance.objects.filter(account__in=account).first()
    if kept is not None:
        return kept.balance_cents
    total: int | None = Line.objects.filter(account__in=account).aggregate(s=Sum("cents"))["s"]
    return total or 0


def _names(author_ids: Iterable[int], gateway: str) -> list[tuple[str, str]]:
    """(kind, scope) of each account that sales of these authors touch."""
    names = [(kind.value, "") for kind in (Kind.BUYER_FEES, Kind.AUTHOR_FEES, Kind.TAX)]
    names += [(Kind.GATEWAY.value, gateway)]
    names += [(Kind.AUTHOR_EARNINGS.value, person_scope(one)) for one in sorted(set(author_ids))]
    return names


def _accounts(names: Sequence[tuple[str, str]], currency: str) -> dict[tuple[str, str], Account]:
    found = Account.objects.filter(
        kind__in={kind for kind, _ in names},
        scope__in={scope for _, scope in names},
        currency=currency,
    )
    wanted = set(names)
    return {(one.kind, one.scope): one for one in found if (one.kind, one.scope) in wanted}


def _moves(
    sale: Sale, accounts: Mapping[tuple[str, str], Account], gateway: str
) -> Iterator[_Move]:
    taken = accounts[Kind.GATEWAY, gateway]
    author = accounts[Kind.AUTHOR_EARNINGS, person_scope(sale.author_id)]
    for kind, cents, payer, receiver in (
        (Transfer.Kind.SALE, sale.item_price_cents, taken, author),
        (Transfer.Kind.AUTHOR_FEE, sale.author_fee_cents, author, accounts[Kind.AUTHOR_FEES, ""]),
        (Transfer.Kind.BUYER_FEE, sale.buyer_fee_cents, taken, accounts[Kind.BUYER_FEES, ""]),
        (Transfer.Kind.TAX, sale.tax_cents, taken, accounts[Kind.TAX, ""]),
    ):
        yield _Move(sale.source, kind, cents, payer, receiver)


def _write_transfers(moves: Sequence[_Move]) -> dict[tuple[str, str], Transfer]:
    Transfer.objects.bulk_create(Transfer(source=one.source, kind=one.kind) for one in moves)
    # MySQL does not return the keys of a bulk insert: read them back by the unique key.
    written = Transfer.objects.filter(source__in={move.source for move in moves})
    return {(one.source, one.kind): one for one in written}


def _write_lines(
    moves: Sequence[_Move],
    transfers: Mapping[tuple[str, str], Transfer],
    balances: Mapping[int, Balance],
) -> None:
    """Both halves of each move, each with the balance after it on accounts of people."""
    lines = []
    for move in moves:
        for account, cents in ((move.payer, -move.cents), (move.receiver, move.cents)):
            kept = balances.get(account.pk)
            if kept is not None:
                kept.balance_cents += cents
            lines.append(
                Line(
                    transfer=transfers[move.source, move.kind],
                    account=account,
                    cents=cents,
                    balance_cents=kept.balance_cents if kept else None,
                )
            )
    Line.objects.bulk_create(lines)
    Balance.objects.bulk_update(balances.values(), ["balance_cents", "lifetime_cents"])
