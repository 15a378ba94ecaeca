"""A person's account line by line, however many there are.

Nothing but (account, id) is ever searched by. What narrows a statement is applied to lines in that
order, so many a page and no more (`LOOKED_THROUGH`): any filter costs the same at 600 million
lines, no sale writes a row for it, and no index is kept for it. A date becomes an id by bisection.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from market.payments.ledger import person_scope
from market.payments.models import Account, Balance, Line

PAGE = 50
CHUNK = 500
# So many lines are read for one page at most; the page says how far back it has looked.
LOOKED_THROUGH = 10_000
EXPORT_CHUNK = 2_000
# Lines stand in the order of their bookings, whose times our hosts' clocks wrote.
SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of an account: first <= id < end, and the exact times (`until` is excluded)."""

    account: Account
    first: int = 0
    end: int = 2**62
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, line: Line) -> bool:
        at = line.transfer.created_at
        return not (self.since and at < self.since) and not (self.until and at >= self.until)


def balances_of(*, user_id: int, kind: str) -> list[Balance]:
    """A person's accounts of a kind, one a currency."""
    own = Balance.objects.filter(account__kind=kind, account__scope=person_scope(user_id))
    return list(own.select_related("account").order_by("account__currency"))


def window(
    account: Account, *, since: datetime | None = None, until: datetime | None = None
) -> Window:
    """Some 30 reads by key for each end that is given."""
    first = line_at(account, since - SKEW) if since else 0
    end = line_at(account, until + SKEW) if until else 2**62
    return Window(account=account, first=first, end=end, since=since, until=until)


def newest_lines(of: Window, *, before: int, limit: int) -> list[Line]:
    """The lines of a window older than `before`, the newest first, by one range of the index."""
    end = min(before, of.end)
    lines = Line.objects.filter(account_id=of.account.pk, pk__lt=end, pk__gte=of.first)
    return list(lines.select_related("transfer").order_by("-pk")[:limit])


def all_lines(of: Window) -> Iterator[list[Line]]:
    """The whole window, oldest first, a chunk at a time: constant memory, and no long query."""
    last = of.first - 1
    lines = Line.objects.filter(account_id=of.account.pk, pk__lt=of.end).select_related("transfer")
    while chunk := list(lines.filter(pk__gt=last).order_by("pk")[:EXPORT_CHUNK]):
        last = chunk[-1].pk
        yield [line for line in chunk if of.holds(line)]


def own_line(*, user_id: int, line_id: int) -> Line | None:
    """A line of a person's own accounts."""
    own = Line.objects.filter(pk=line_id, account__scope=person_scope(user_id))
    return own.select_related("transfer", "account").first()


def line_at(account: Account, moment: datetime) -> int:
    """The id from which on lines were booked at `moment` or later."""
    lines = Line.objects.filter(account_id=account.pk)
    newest = lines.order_by("-pk").values_list("pk", flat=True).first()
    low, high = 0, (newest or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = (
            lines.filter(pk__gte=middle).order_by("pk").values_list("pk", "transfer__created_at")
        ).first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = found[0] + 1
    return low
