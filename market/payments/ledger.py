"""The only writer of ledger lines: double entry, append-only, exactly once by (source, kind).

Lock order: whoever books holds the row that owns the decision (the order) already; then all
people's balances are locked here in one id-ordered statement, as the last step before commit.
Accounts of the platform are never locked: every sale touches them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from market.payments.errors import NotAllowed, Overdrawn
from market.payments.ledger_rows import (
    account_rows,
    insert_rows,
    locked_accounts,
    locked_balances,
    write_balances,
)
from market.payments.models import Account, AccountSnapshot, Balance, Line, Transfer
from market.payments.rules import OVERDRAWN, PEOPLES, RULES

Kind = Account.Kind
Code = Transfer.Kind


@dataclass(frozen=True, slots=True)
class Side:
    """An account by name: its kind, and whose it is."""

    kind: str
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A transfer to book. `source` names what it is for once and for all: `line:17`."""

    source: str
    code: str
    cents: int
    payer: Side
    receiver: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One order line that was paid. `source` names it once and for all: `line:17`."""

    source: str
    author_id: int
    item_price_cents: int
    author_fee_cents: int
    buyer_fee_cents: int
    tax_cents: int
    tax_scope: str = ""  # whose tax it is: `DE`
    support_cents: int = 0
    support_fee_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Where an order's money came from: what the gateway took, and what was paid with credit."""

    source: str  # `order:KEY`
    gateway: str
    cents: int
    credit_cents: int = 0
    buyer_id: int | None = None


def person_scope(user_id: int) -> str:
    return f"user:{user_id}"


def earnings_of(author_id: int) -> Side:
    return Side(Kind.AUTHOR_EARNINGS, person_scope(author_id))


def credit_of(user_id: int) -> Side:
    return Side(Kind.BUYER_CREDIT, person_scope(user_id))


def open_accounts(*, sides: Iterable[Side], currency: str) -> None:
    """Make sure that accounts exist, before the transaction that books on them."""
    wanted = set(sides)
    there = _accounts(wanted, currency)
    missing = sorted(wanted - there.keys(), key=lambda one: (one.kind, one.scope))
    if not missing:
        return
    Account.objects.bulk_create(
        [Account(kind=one.kind, scope=one.scope, currency=currency) for one in missing],
        ignore_conflicts=True,
    )
    Balance.objects.bulk_create(
        [
            Balance(account_id=account, may_overdraw=side.kind in OVERDRAWN)
            for side, account in _accounts(missing, currency).items()
            if side.kind in PEOPLES
        ],
        ignore_conflicts=True,
    )


def open_platform_accounts(*, gateways: Iterable[str], currency: str) -> None:
    """Made at each deployment: this release may complete orders that an earlier one opened."""
    sides = [side for gateway in gateways for side in sale_sides(author_ids=(), gateway=gateway)]
    open_accounts(sides=sides, currency=currency)


def sale_sides(
    *, author_ids: Iterable[int], gateway: str, tax_scopes: Iterable[str] = ("",)
) -> list[Side]:
    """The accounts that sales of these authors touch, apart from the buyer's credit."""
    ours = (Kind.CLEARING, Kind.BUYER_FEES, Kind.AUTHOR_FEES, Kind.SUPPORT_FEES)
    return [
        *(Side(kind) for kind in ours),
        *(Side(Kind.TAX, scope) for scope in sorted({"", *tax_scopes})),
        Side(Kind.GATEWAY, gateway),
        *(earnings_of(one) for one in sorted(set(author_ids))),
    ]


def book(moves: Sequence[Move], *, currency: str, sold: Mapping[Side, int] | None = None) -> None:
    """Write transfers of which each moves cents > 0; one that was booked before is refused.

    `sold` is what counts as lifetime sales for authors' accounts. Call it last in the
    transaction: from here to the commit the balances of people are locked.
    Raises NotAllowed, Overdrawn, IntegrityError (booked before), LookupError (not opened).
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Money moves in the transaction of what it moves for.")
    if not moves:
        return
    for move in moves:
        _check(move)
    transfers = _write_transfers(moves)
    accounts, balances = _lock_accounts(moves, currency)
    for side, cents in (sold or {}).items():
        balances[accounts[side]].lifetime_cents += cents
    _write_lines(moves, accounts, transfers, balances)
    columns = ("balance_cents", "lifetime_cents") if sold else ("balance_cents",)
    write_balances(balances.values(), columns)


def book_sales(*, sales: Sequence[Sale], payer: Payer, currency: str) -> None:
    """Book the paid lines of one order, and where their money came from.

    What was taken equals what it was taken for, so that the clearing account is 0 for the order.
    """
    moves = [*_payments(payer), *(move for sale in sales for move in _parts(sale))]
    balance_of_order = sum(
        move.cents * ((move.receiver.kind == Kind.CLEARING) - (move.payer.kind == Kind.CLEARING))
        for move in moves
    )
    if balance_of_order:
        raise ValueError(f"{payer.source}: {balance_of_order} cents are over")
    sold: dict[Side, int] = {}
    for sale in sales:
        author = earnings_of(sale.author_id)
        sold[author] = sold.get(author, 0) + sale.item_price_cents
    book(moves, currency=currency, sold={side: cents for side, cents in sold.items() if cents})


def lock_balances(account_ids: Iterable[int]) -> dict[int, Balance]:
    """The balances of people's accounts, locked by one statement in the order of their ids."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A lock lasts as long as its transaction.")
    return locked_balances(account_ids)


def lock_people(sides: Iterable[Side], *, currency: str) -> None:
    """Lock the balances of people among these accounts, before something is decided by them."""
    accounts = _accounts({side for side in sides if side.kind in PEOPLES}, currency)
    lock_balances(accounts.values())


def balance(*, kind: str, scope: str = "", currency: str = "USD") -> int:
    """What stands in an account: kept for people; else its last snapshot and what came since."""
    account = Account.objects.filter(kind=kind, scope=scope, currency=currency).first()
    if account is None:
        return 0
    kept = Balance.objects.filter(account=account).first()
    if kept is not None:
        return kept.balance_cents
    last = AccountSnapshot.objects.filter(account=account).order_by("-line_id").first()
    start, cents = (last.line_id, last.cents) if last else (0, 0)
    since = Line.objects.filter(account=account, pk__gt=start).aggregate(s=Sum("cents"))["s"]
    return cents + (since or 0)


def _check(move: Move) -> None:
    if RULES.get(move.code) != (move.payer.kind, move.receiver.kind):
        raise NotAllowed(f"{move.code}: {move.payer.kind} → {move.receiver.kind}")
    if move.cents <= 0:
        raise NotAllowed(f"{move.source} {move.code}: {move.cents} cents")


def _accounts(sides: Iterable[Side], currency: str) -> dict[Side, int]:
    """{side: the account's key}; those that were not opened miss."""
    names = {(side.kind, side.scope) for side in sides}
    return {Side(kind, scope): pk for pk, kind, scope in account_rows(names, currency)}


def _lock_accounts(
    moves: Sequence[Move], currency: str
) -> tuple[dict[Side, int], dict[int, Balance]]:
    """{side: the account's key} of all, and {key: its balance}, now locked, of people's."""
    names = {(side.kind, side.scope) for move in moves for side in (move.payer, move.receiver)}
    rows = locked_accounts(names, currency)
    accounts = {Side(kind, scope): pk for pk, kind, scope, _ in rows}
    return accounts, {pk: kept for pk, _, _, kept in rows if kept is not None}


def _payments(payer: Payer) -> Iterator[Move]:
    clearing = Side(Kind.CLEARING)
    if payer.cents:
        yield Move(
            source=payer.source,
            code=Code.PAYMENT,
            cents=payer.cents,
            payer=Side(Kind.GATEWAY, payer.gateway),
            receiver=clearing,
        )
    if payer.credit_cents and payer.buyer_id is not None:
        yield Move(
            source=payer.source,
            code=Code.CREDIT_SPENT,
            cents=payer.credit_cents,
            payer=credit_of(payer.buyer_id),
            receiver=clearing,
        )


def _parts(sale: Sale) -> Iterator[Move]:
    clearing, author = Side(Kind.CLEARING), earnings_of(sale.author_id)
    for code, cents, payer, receiver in (
        (Code.SALE, sale.item_price_cents, clearing, author),
        (Code.AUTHOR_FEE, sale.author_fee_cents, author, Side(Kind.AUTHOR_FEES)),
        (Code.BUYER_FEE, sale.buyer_fee_cents, clearing, Side(Kind.BUYER_FEES)),
        (Code.SUPPORT, sale.support_cents, clearing, author),
        (Code.SUPPORT_FEE, sale.support_fee_cents, author, Side(Kind.SUPPORT_FEES)),
        (Code.TAX, sale.tax_cents, clearing, Side(Kind.TAX, sale.tax_scope)),
    ):
        if cents:
            yield Move(source=sale.source, code=code, cents=cents, payer=payer, receiver=receiver)


def _write_transfers(moves: Sequence[Move]) -> dict[tuple[str, str], int]:
    """{(source, code): key}; one that was booked before is an IntegrityError."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = [(one.source, one.code, now) for one in moves]
    first = insert_rows(Transfer, ("source", "kind", "created_at"), rows)
    if len(moves) == 1:
        return {(moves[0].source, moves[0].code): first}
    # Of several, MySQL tells the first key alone: read them back by the unique one.
    written = Transfer.objects.filter(source__in={move.source for move in moves})
    return {(source, kind): pk for pk, source, kind in written.values_list("pk", "source", "kind")}


def _write_lines(
    moves: Sequence[Move],
    accounts: Mapping[Side, int],
    transfers: Mapping[tuple[str, str], int],
    balances: Mapping[int, Balance],
) -> None:
    """Both halves of each move, each with the balance after it on accounts of people."""
    rows = []
    for move in moves:
        for side, cents in ((move.payer, -move.cents), (move.receiver, move.cents)):
            kept = balances.get(accounts[side])
            if kept is not None:
                kept.balance_cents += cents
                if cents < 0 and kept.balance_cents < 0 and not kept.may_overdraw:
                    raise Overdrawn(side.kind, -kept.balance_cents)
            after = kept.balance_cents if kept else None
            rows.append((transfers[move.source, move.code], accounts[side], cents, after))
    insert_rows(Line, ("transfer_id", "account_id", "cents", "balance_cents"), rows)
