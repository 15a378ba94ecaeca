"""Self-billed statements: what each author with movements was credited and charged in a month.

A month ends by UTC. Which lines belong to it is decided once, by their ids, and kept: a line that
a late clock dates into the month before stands on the next statement, and none on two.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from market.payments.document_data import MovementSum, Party, SelfBilledData, party, seller
from market.payments.models import (
    Account,
    BilledAccount,
    BillingRun,
    DocumentKind,
    Line,
    Transfer,
)
from market.payments.selectors.statements import line_at
from market.payments.services import documents
from market.users.models import User

CHUNK = 100


def bill_authors() -> int:
    """Make the statements of all months that are over; returns how many that were.

    Repeating it, also at the same time and after it was killed, makes none twice.
    """
    made = 0
    for month in _months_to_bill(timezone.now()):
        BillingRun.objects.get_or_create(month=_name(month))
        while (chunk := _bill_chunk(month)) is not None:
            made += chunk
    return made


def _months_to_bill(now: datetime) -> Iterator[datetime]:
    """From the month after the last one that is done; at first, last month alone."""
    this = datetime(now.year, now.month, 1, tzinfo=UTC)
    done = BillingRun.objects.exclude(done_at=None).order_by("-month").first()
    month = _next(datetime.fromisoformat(f"{done.month}-01T00:00+00:00")) if done else _last(this)
    while month < this:
        yield month
        month = _next(month)


@transaction.atomic
def _bill_chunk(month: datetime) -> int | None:
    """The next hundred accounts; None when there are no more."""
    run = BillingRun.objects.select_for_update().get(month=_name(month))
    if run.done_at is not None:
        return None
    accounts = Account.objects.filter(
        kind=Account.Kind.AUTHOR_EARNINGS, pk__gt=run.after_account_id
    )
    chunk = list(accounts.order_by("pk")[:CHUNK])
    if chunk:
        run.after_account_id = chunk[-1].pk
    else:
        run.done_at = timezone.now()
    run.save(update_fields=["after_account_id", "done_at"])
    return sum(_bill(account, month) for account in chunk) if chunk else None


def _bill(account: Account, month: datetime) -> bool:
    """False for an author without movements."""
    billed = BilledAccount.objects.filter(pk=account.pk).first()
    after = billed.last_line_id if billed else 0
    fresh = Line.objects.filter(account_id=account.pk, pk__gt=after)
    if not fresh.exists():
        return False
    lines = fresh.filter(pk__lt=line_at(account, _next(month)))
    sums = lines.values_list("transfer__kind").annotate(n=Count("pk"), cents=Sum("cents"))
    by_kind = {kind: (count, cents) for kind, count, cents in sums.order_by("transfer__kind")}
    if not by_kind:
        return False
    opening = billed.balance_cents if billed else 0
    closing = opening + sum(cents for _count, cents in by_kind.values())
    author = User.objects.select_related("profile").get(pk=account.scope.removeprefix("user:"))
    data: SelfBilledData = {
        "language": author.language,
        "currency": account.currency,
        "seller": _author_party(author),
        "buyer": seller(),
        "month": _name(month),
        "opening_cents": opening,
        "movements": _movements(by_kind),
        "closing_cents": closing,
    }
    documents.owe_document(
        kind=DocumentKind.SELF_BILLED_STATEMENT,
        source=f"month:{_name(month)}:{account.pk}",
        user_id=author.pk,
        data=data,
    )
    last = lines.aggregate(last=Max("pk"))["last"]
    BilledAccount.objects.update_or_create(
        account=account, defaults={"last_line_id": last, "balance_cents": closing}
    )
    return True


def _movements(by_kind: dict[str, tuple[int, int]]) -> list[MovementSum]:
    """In the order in which the ledger names them: sales first."""
    order = list(Transfer.Kind.values)
    return [
        {"kind": kind, "count": by_kind[kind][0], "cents": by_kind[kind][1]}
        for kind in sorted(by_kind, key=order.index)
    ]


def _author_party(author: User) -> Party:
    profile = getattr(author, "profile", None)
    return party(
        name=profile.display_name if profile else author.username,
        country=profile.country if profile else "",
        email=author.email,
    )


def _name(month: datetime) -> str:
    return f"{month:%Y-%m}"


def _next(month: datetime) -> datetime:
    years, number = divmod(month.month, 12)
    return month.replace(year=month.year + years, month=number + 1)


def _last(month: datetime) -> datetime:
    years, number = divmod(month.month - 2, 12)
    return month.replace(year=month.year + years, month=number + 1)
