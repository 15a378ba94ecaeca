"""What an author can be paid, and what became of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from market.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from market.payments import ledger
from market.payments.models import (
    Account,
    Balance,
    Line,
    Payout,
    PayoutAccount,
    PayoutBatch,
    PayoutEvent,
    TaxForm,
    Transfer,
)

_T = Transfer.Kind
EARNED = (_T.SALE, _T.AUTHOR_FEE, _T.SUPPORT, _T.SUPPORT_FEE)
UNDONE = tuple(f"{how}_{code}" for how in ("refund", "reverse", "restore") for code in EARNED)
PAGE = 24


@dataclass(frozen=True, slots=True)
class ItemSales:
    """Item prices that an author sold for and that were not taken back; of all, and in the US."""

    all_cents: int
    us_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleFacts:
    """What payouts have to know of purchases, which stand above them: passed in by entry points.

    `sold_since`: which of these ledger sources undid something that was sold since a moment.
    `item_sales`: of an author, after one moment and up to another.
    """

    sold_since: Callable[[Collection[str], datetime], set[str]]
    item_sales: Callable[[int, datetime, datetime], ItemSales]


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """balance = what has cleared + what is clearing."""

    balance_cents: int
    clearing_cents: int

    @property
    def cents(self) -> int:
        return self.balance_cents - self.clearing_cents

    @property
    def payable_cents(self) -> int:
        return max(0, self.cents)


def available(*, author_id: int, since: datetime, facts: SaleFacts, currency: str) -> Available:
    """What an author has earned; sales since `since` have not cleared. Reads those lines alone."""
    kept = Balance.objects.filter(
        account__kind=Account.Kind.AUTHOR_EARNINGS,
        account__scope=ledger.person_scope(author_id),
        account__currency=currency,
    ).first()
    if kept is None:
        return Available(balance_cents=0, clearing_cents=0)
    return Available(
        balance_cents=kept.balance_cents,
        clearing_cents=clearing(account_id=kept.account_id, since=since, facts=facts),
    )


def clearing(*, account_id: int, since: datetime, facts: SaleFacts) -> int:
    """The net of sales since a moment, less what of them was undone again.

    An account's lines are written one after the other: those since then stand behind the newest
    of before, which is found by walking back over them alone.
    """
    lines = Line.objects.filter(account=account_id)
    before = lines.filter(transfer__created_at__lt=since).order_by("-pk")
    last = before.values_list("pk", flat=True).first() or 0
    newer = lines.filter(pk__gt=last)
    earned: int = newer.filter(transfer__kind__in=EARNED).aggregate(s=Sum("cents"))["s"] or 0
    undone: dict[str, int] = dict(
        newer.filter(transfer__kind__in=UNDONE)
        .order_by()
        .values_list("transfer__source")
        .annotate(total=Sum("cents"))
    )
    recent = facts.sold_since(undone, since) if undone else set()
    return earned + sum(cents for source, cents in undone.items() if source in recent)


def clears_since(moment: datetime | None = None) -> datetime:
    """Sales of before it have cleared."""
    return (moment or timezone.now()) - timedelta(days=settings.EARNINGS_CLEAR_DAYS)


def pay_day(year: int, month: int) -> date:
    """The day of payment, or the next one that is neither Saturday nor Sunday."""
    day = date(year, month, settings.PAYOUT_PAY_DAY)
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


def cut_off(year: int, month: int) -> datetime:
    return datetime.combine(date(year, month, settings.PAYOUT_CUT_OFF_DAY), time.min, tzinfo=UTC)


def next_pay_day(now: datetime | None = None) -> date:
    """Of what is earned and cleared by the next cut-off."""
    today = (now or timezone.now()).astimezone(UTC)
    if today < cut_off(today.year, today.month):
        return pay_day(today.year, today.month)
    years, month = divmod(today.month, 12)
    return pay_day(today.year + years, month + 1)


def threshold(method: str) -> int:
    cents: int = settings.PAYOUT_THRESHOLD_CENTS[method]
    return cents


def payouts_of(*, author_id: int, cursor: str = "") -> Page[Payout]:
    """Newest first, each with its timeline. Raises BadCursor."""
    rows = Payout.objects.filter(author=author_id).select_related("batch")
    if cursor:
        (last,) = decode_cursor(cursor, int)
        if not 0 <= int(last) < 2**62:
            raise BadCursor(cursor)
        rows = rows.filter(pk__lt=last)
    found = list(rows.prefetch_related("events").order_by("-pk")[: PAGE + 1])
    more = encode_cursor(found[PAGE - 1].pk) if len(found) > PAGE else None
    return Page(found[:PAGE], more)


def payout_by_id(payout_id: int) -> Payout | None:
    rows = Payout.objects.filter(pk=payout_id)
    return rows.select_related("batch", "author__profile").first()


def events_of(payout: Payout) -> list[PayoutEvent]:
    return list(payout.events.select_related("actor").order_by("pk"))


def batches() -> list[tuple[PayoutBatch, dict[str, tuple[int, int]]]]:
    """The last two years' batches, each with {state: (how many, cents)}; two queries."""
    found = list(PayoutBatch.objects.order_by("-period")[:PAGE])
    sums: dict[int, dict[str, tuple[int, int]]] = {}
    for payout in (
        Payout.objects.filter(batch__in=found)
        .order_by()
        .values_list("batch_id", "state")
        .annotate(n=Count("pk"), total=Sum("cents"))
    ):
        batch_id, state, count, total = payout
        sums.setdefault(batch_id, {})[state] = (count, total)
    return [(one, sums.get(one.pk, {})) for one in found]


def payouts_in(*, batch: PayoutBatch, state: str = "", cursor: str = "") -> Page[Payout]:
    """Raises BadCursor."""
    rows = Payout.objects.filter(batch=batch).select_related("author")
    if state:
        rows = rows.filter(state=state)
    if cursor:
        (last,) = decode_cursor(cursor, int)
        if not 0 <= int(last) < 2**62:
            raise BadCursor(cursor)
        rows = rows.filter(pk__gt=last)
    found = list(rows.order_by("pk")[: PAGE + 1])
    more = encode_cursor(found[PAGE - 1].pk) if len(found) > PAGE else None
    return Page(found[:PAGE], more)


def payout_account(author_id: int) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(author=author_id).first()


def tax_form(author_id: int, on: date | None = None) -> TaxForm | None:
    """The newest, while it is valid."""
    form = TaxForm.objects.filter(author=author_id).order_by("-pk").first()
    today = on or timezone.now().date()
    if form is None or (form.valid_until is not None and form.valid_until < today):
        return None
    return form
