"""Balances of the platform's accounts, which everybody writes to and nobody locks."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone

from market.payments.models import Account, AccountSnapshot, LedgerMark, Line
from market.payments.rules import PEOPLES

# Lines get their numbers before they are committed: after so long none below a mark is missing.
SETTLED_AFTER = timedelta(hours=1)
KEEP_MARKS = timedelta(days=7)


def take_snapshots() -> int:
    """Add up what has settled since the last ones; returns how many accounts have moved.

    Run often it reads little; a run that fails is made up for by the next.
    """
    now = timezone.now()
    settled = LedgerMark.objects.filter(seen_at__lte=now - SETTLED_AFTER).aggregate(
        line=Max("line_id")
    )["line"]
    LedgerMark.objects.create(
        line_id=Line.objects.aggregate(line=Max("pk"))["line"] or 0, seen_at=now
    )
    LedgerMark.objects.filter(seen_at__lt=now - KEEP_MARKS).delete()
    if not settled:
        return 0
    accounts = Account.objects.exclude(kind__in=PEOPLES).order_by("pk")
    return sum(_snapshot(account, settled) for account in accounts)


def latest_snapshots(account_ids: list[int]) -> Mapping[int, AccountSnapshot]:
    """{account: its last snapshot}, by one query."""
    newest = AccountSnapshot.objects.filter(account__in=account_ids).values("account")
    ids = newest.annotate(last=Max("pk")).values_list("last", flat=True)
    return {one.account_id: one for one in AccountSnapshot.objects.filter(pk__in=list(ids))}


@transaction.atomic
def _snapshot(account: Account, settled: int) -> bool:
    last = AccountSnapshot.objects.filter(account=account).order_by("-line_id").first()
    start, cents = (last.line_id, last.cents) if last else (0, 0)
    if start >= settled:
        return False
    new = Line.objects.filter(account=account, pk__gt=start, pk__lte=settled)
    found = new.aggregate(cents=Sum("cents"))["cents"]
    if found is None:
        return False
    AccountSnapshot.objects.create(account=account, line_id=settled, cents=cents + found)
    return True
