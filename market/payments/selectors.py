from dataclasses import dataclass

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from market.core.pagination import Page, decode_cursor, encode_cursor
from market.payments.ledger import person_scope
from market.payments.models import Account, Balance, Line, Payment, PaymentCase, Transfer

STATEMENT_PAGE = 50


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The whole ledger added up. Sound: every sum is 0, and both lists are empty."""

    cents_by_currency: dict[str, int]
    drifted_accounts: list[int]  # whose balance is not the sum of their lines
    broken_transfers: list[int]  # that are not two lines which add up to 0 in one currency

    @property
    def is_sound(self) -> bool:
        sums_are_zero = not any(self.cents_by_currency.values())
        return sums_are_zero and not self.drifted_accounts and not self.broken_transfers


def trial_balance() -> TrialBalance:
    """Reads every line: for checks, not for pages."""
    sums = Line.objects.values_list("account__currency").annotate(total=Sum("cents"))
    drifted = Balance.objects.annotate(total=Coalesce(Sum("account__lines__cents"), 0)).exclude(
        balance_cents=F("total")
    )
    sound = (
        Transfer.objects.annotate(
            total=Sum("lines__cents"),
            halves=Count("lines"),
            currencies=Count("lines__account__currency", distinct=True),
        )
        .filter(total=0, halves=2, currencies=1)
        .values("pk")
    )
    broken = Transfer.objects.exclude(pk__in=sound)
    return TrialBalance(
        cents_by_currency=dict(sums.order_by()),
        drifted_accounts=list(drifted.order_by("pk").values_list("pk", flat=True)),
        broken_transfers=list(broken.order_by("pk").values_list("pk", flat=True)[:100]),
    )


def statement(*, author_id: int, cursor: str = "", size: int = STATEMENT_PAGE) -> Page[Line]:
    """An author's lines, newest first, each with the balance after it. Raises BadCursor."""
    lines = Line.objects.filter(
        account__kind=Account.Kind.AUTHOR_EARNINGS, account__scope=person_scope(author_id)
    ).select_related("transfer", "account")
    if cursor:
        lines = lines.filter(pk__lt=decode_cursor(cursor, int)[0])
    rows = list(lines.order_by("-pk")[: size + 1])
    more = len(rows) > size
    return Page(rows[:size], encode_cursor(rows[size - 1].pk) if more else None)


def earnings(author_id: int) -> list[Balance]:
    """An author's balances, one a currency."""
    own = Balance.objects.filter(
        account__kind=Account.Kind.AUTHOR_EARNINGS, account__scope=person_scope(author_id)
    )
    return list(own.select_related("account").order_by("account__currency"))


def last_payment(purpose: str) -> Payment | None:
    """The latest attempt to be paid for something."""
    payments = Payment.objects.filter(purpose=purpose).select_related("case")
    return payments.order_by("-attempt").first()


def has_case(gateway_ref: str) -> bool:
    """Whether this payment is left to staff: then nothing books it by itself."""
    return PaymentCase.objects.filter(payment__gateway_ref=gateway_ref).exists()


def transfers_of(sources: list[str]) -> dict[str, dict[str, int]]:
    """{source: {kind: cents}}, by one query."""
    found: dict[str, dict[str, int]] = {source: {} for source in sources}
    lines = Line.objects.filter(transfer__source__in=sources, cents__gt=0)
    for source, kind, cents in lines.values_list("transfer__source", "transfer__kind", "cents"):
        found[source][kind] = cents
    return found
