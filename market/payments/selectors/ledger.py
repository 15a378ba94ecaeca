from dataclasses import dataclass

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from market.payments.models import Balance, Line, Transfer


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


def transfers_of(sources: list[str]) -> dict[str, dict[str, int]]:
    """{source: {kind: cents}}, by one query."""
    found: dict[str, dict[str, int]] = {source: {} for source in sources}
    lines = Line.objects.filter(transfer__source__in=sources, cents__gt=0)
    for source, kind, cents in lines.values_list("transfer__source", "transfer__kind", "cents"):
        found[source][kind] = cents
    return found
