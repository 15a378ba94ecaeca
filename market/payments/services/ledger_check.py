"""Reads the whole ledger, a chunk at a time, and keeps what is wrong with it.

Each chunk is stored with its result in one transaction, so that a check which is stopped goes on
where it was. What looks wrong because somebody books at the same moment is asked about again in
one statement before it is called a fault.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from market.payments import ledger
from market.payments.models import (
    Account,
    Balance,
    CheckedSum,
    LedgerCheck,
    Line,
    Transfer,
)
from market.payments.rules import EARLIER_RULES, NEVER_BELOW_ZERO, PEOPLES, RULES
from market.payments.services.snapshots import latest_snapshots

Stage = LedgerCheck.Stage
CHUNK = 20_000
KEPT_FAULTS = 200
GOES_STALE_AFTER = timedelta(days=3)


class _Half(NamedTuple):
    pk: int
    transfer_id: int
    code: str
    account_id: int
    cents: int
    balance_cents: int | None


def open_check(*, fresh: bool = False) -> LedgerCheck:
    """The check that was not finished, or a new one of all that is booked until now."""
    if not fresh:
        young = timezone.now() - GOES_STALE_AFTER
        open_one = LedgerCheck.objects.filter(finished_at=None, started_at__gt=young)
        found = open_one.order_by("-pk").first()
        if found is not None:
            return found
    return LedgerCheck.objects.create(
        until_line_id=Line.objects.aggregate(last=Max("pk"))["last"] or 0,
        until_transfer_id=Transfer.objects.aggregate(last=Max("pk"))["last"] or 0,
    )


def check_chunk(*, check: LedgerCheck, size: int = CHUNK) -> int:
    """Look at the next chunk of the ledger's own stages; returns how many rows that were."""
    steps = {
        Stage.LINES.value: _check_lines,
        Stage.TRANSFERS.value: _check_transfers,
        Stage.ACCOUNTS.value: _check_accounts,
    }
    return steps[check.stage](check, size)


@transaction.atomic
def keep(*, check: LedgerCheck, faults: Sequence[str], position: int, rows: int) -> None:
    """Store what a chunk showed, and how far it went."""
    check.position = position
    check.read[check.stage] = check.read.get(check.stage, 0) + rows
    check.fault_count += len(faults)
    check.faults = [*check.faults, *faults][:KEPT_FAULTS]
    check.updated_at = timezone.now()
    check.save()


def go_on_to(*, check: LedgerCheck, stage: str) -> None:
    check.stage, check.position, check.updated_at = stage, 0, timezone.now()
    if stage == Stage.DONE:
        check.finished_at = check.updated_at
        check.sums.all().delete()
    check.save()


@transaction.atomic
def _check_lines(check: LedgerCheck, size: int) -> int:
    """Each line continues its account's balance, each transfer is two halves as its rule says."""
    lines = Line.objects.filter(pk__gt=check.position, pk__lte=check.until_line_id)
    columns = ("pk", "transfer_id", "transfer__kind", "account_id", "cents", "balance_cents")
    halves = [_Half(*row) for row in lines.order_by("pk").values_list(*columns)[:size]]
    if not halves:
        faults = _currency_faults(check)
        keep(check=check, faults=faults, position=check.until_line_id, rows=0)
        go_on_to(check=check, stage=Stage.TRANSFERS)
        return 0
    accounts = Account.objects.in_bulk({half.account_id for half in halves})
    faults = _continue_sums(check, halves, accounts)
    faults += _transfer_faults(halves)
    keep(check=check, faults=faults, position=halves[-1].pk, rows=len(halves))
    return len(halves)


def _continue_sums(
    check: LedgerCheck, halves: Sequence[_Half], accounts: Mapping[int, Account]
) -> list[str]:
    known = CheckedSum.objects.filter(check_run=check, account__in=accounts)
    sums = dict(known.values_list("account_id", "cents"))
    faults = []
    for half in halves:
        account = accounts[half.account_id]
        sums[account.pk] = sums.get(account.pk, 0) + half.cents
        expected = sums[account.pk] if account.kind in PEOPLES else None
        if half.balance_cents != expected:
            faults.append(f"line {half.pk}: says {half.balance_cents} after it, not {expected}")
        check.cents[account.currency] = check.cents.get(account.currency, 0) + half.cents
    # No upsert: SQLite wants the unique key named for it, which MySQL refuses.
    known.delete()
    CheckedSum.objects.bulk_create(
        [CheckedSum(check_run=check, account_id=pk, cents=cents) for pk, cents in sums.items()]
    )
    return faults


def _transfer_faults(halves: Sequence[_Half]) -> list[str]:
    by_transfer: dict[int, list[_Half]] = {}
    for half in halves:
        by_transfer.setdefault(half.transfer_id, []).append(half)
    # At the ends of a chunk a half may stand in the next: look for all of them.
    uneven = [pk for pk, own in by_transfer.items() if len(own) != 2]
    columns = ("pk", "transfer_id", "transfer__kind", "account_id", "cents", "balance_cents")
    for pk in uneven:
        by_transfer[pk] = []
    for row in Line.objects.filter(transfer__in=uneven).order_by("pk").values_list(*columns):
        half = _Half(*row)
        by_transfer[half.transfer_id].append(half)
    accounts = Account.objects.in_bulk(
        {one.account_id for own in by_transfer.values() for one in own}
    )
    return [
        f"transfer {pk}: {fault}"
        for pk, own in by_transfer.items()
        if (fault := _fault(own, accounts))
    ]


def _fault(halves: Sequence[_Half], accounts: Mapping[int, Account]) -> str:
    if len(halves) != 2 or sum(half.cents for half in halves) != 0:
        return "not two equal halves"
    payer, receiver = (accounts[one.account_id] for one in sorted(halves, key=lambda it: it.cents))
    if payer.currency != receiver.currency:
        return f"from {payer.currency} to {receiver.currency}"
    code, way = halves[0].code, (payer.kind, receiver.kind)
    if RULES.get(code) != way and EARLIER_RULES.get(code) != way:
        return f"{code} from {payer.kind} to {receiver.kind}"
    return ""


def _currency_faults(check: LedgerCheck) -> list[str]:
    suspected = [currency for currency, cents in check.cents.items() if cents]
    faults = []
    for currency in suspected:
        lines = Line.objects.filter(account__currency=currency)
        cents = lines.aggregate(cents=Sum("cents"))["cents"] or 0
        if cents:
            faults.append(f"the lines in {currency} add up to {cents} cents instead of 0")
    return faults


@transaction.atomic
def _check_transfers(check: LedgerCheck, size: int) -> int:
    """None without lines."""
    top = min(check.position + size, check.until_transfer_id)
    if check.position >= check.until_transfer_id:
        go_on_to(check=check, stage=Stage.ACCOUNTS)
        return 0
    chunk = Transfer.objects.filter(pk__gt=check.position, pk__lte=top)
    empty = chunk.filter(~Exists(Line.objects.filter(transfer=OuterRef("pk"))))
    faults = [f"transfer {pk}: not two equal halves" for pk in empty.values_list("pk", flat=True)]
    keep(check=check, faults=faults, position=top, rows=chunk.count())
    return size


@transaction.atomic
def _check_accounts(check: LedgerCheck, size: int) -> int:
    """Each balance is its lines, each snapshot too, and none stands on the wrong side of 0."""
    accounts = list(
        Account.objects.filter(pk__gt=check.position).order_by("pk")[: max(size // 10, 1)]
    )
    if not accounts:
        go_on_to(check=check, stage=Stage.ORDERS)
        return 0
    ids = [one.pk for one in accounts]
    sums = dict(
        CheckedSum.objects.filter(check_run=check, account__in=ids).values_list(
            "account_id", "cents"
        )
    )
    faults = _drifted(ids, sums) + _snapshot_faults(check, accounts, sums)
    faults += [fault for one in accounts if (fault := _sign_fault(one))]
    keep(check=check, faults=faults, position=ids[-1], rows=len(ids))
    return len(accounts)


def _drifted(ids: Sequence[int], sums: Mapping[int, int]) -> list[str]:
    balances = Balance.objects.filter(account__in=ids).values_list("account_id", "balance_cents")
    suspected = [pk for pk, cents in balances if cents != sums.get(pk, 0)]
    # One statement sees balance and lines as of one moment.
    drifted = (
        Balance.objects.filter(account__in=suspected)
        .annotate(total=Coalesce(Sum("account__lines__cents"), 0))
        .exclude(balance_cents=F("total"))
    )
    return [
        f"account {pk}: balance is not its lines"
        for pk in drifted.order_by("pk").values_list("pk", flat=True)
    ]


def _snapshot_faults(
    check: LedgerCheck, accounts: Sequence[Account], sums: Mapping[int, int]
) -> list[str]:
    faults = []
    for pk, snapshot in latest_snapshots([one.pk for one in accounts]).items():
        since = Line.objects.filter(
            account=pk, pk__gt=snapshot.line_id, pk__lte=check.until_line_id
        )
        moved = since.aggregate(cents=Sum("cents"))["cents"] or 0
        if snapshot.cents + moved == sums.get(pk, 0):
            continue
        # Newer than the check, or somebody's lines were committed while it was read: ask anew.
        before = Line.objects.filter(account=pk, pk__lte=snapshot.line_id)
        if (before.aggregate(cents=Sum("cents"))["cents"] or 0) != snapshot.cents:
            faults.append(f"account {pk}: its snapshot is not its lines")
    return faults


def _sign_fault(account: Account) -> str:
    if account.kind not in (*NEVER_BELOW_ZERO, Account.Kind.CLEARING):
        return ""
    cents = ledger.balance(kind=account.kind, scope=account.scope, currency=account.currency)
    if account.kind == Account.Kind.CLEARING and cents:
        return f"account {account.pk}: {cents} cents are left over in clearing"
    return f"account {account.pk}: {account.kind} stands at {cents} cents" if cents < 0 else ""
