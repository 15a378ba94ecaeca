"""What is left to undo of something booked: read from the ledger, never computed anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from market.payments.ledger import Move, Side
from market.payments.models import Account, Line
from market.payments.rules import PARTS, RULES


class How(StrEnum):
    """The first word of the codes that undo a part of a sale, or put it back."""

    REFUND = "refund"
    REVERSE = "reverse"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one code of a sale moved, as far as nothing has undone it yet. `scopes` is by kind."""

    code: str
    cents: int
    scopes: dict[str, str]

    def move(self, how: How, *, source: str, cents: int | None = None) -> Move:
        """The transfer that undoes it (or restores it), whole or by so many cents."""
        code = f"{how}_{self.code}"
        payer, receiver = RULES[code]
        return Move(
            source=source,
            code=code,
            cents=self.cents if cents is None else cents,
            payer=Side(payer, self.scopes.get(payer, "")),
            receiver=Side(receiver, self.scopes.get(receiver, "")),
        )


def remaining(source: str, *, undone_by: Iterable[str] = ()) -> dict[str, Part]:
    """{code: what is left of it} of a sale, by one query.

    `undone_by` are the sources of what undid parts of it, or restored them, before.
    """
    sums: dict[str, int] = {}
    scopes: dict[str, dict[str, str]] = {}
    for code, cents, kind, scope in _halves([source, *undone_by]):
        part, sign = _part_of(code)
        if part not in PARTS:
            continue
        sums[part] = sums.get(part, 0) + sign * cents
        scopes.setdefault(part, {})[kind] = scope
    return {
        code: Part(code=code, cents=cents, scopes=scopes[code])
        for code, cents in sums.items()
        if cents > 0
    }


def booked(source: str, how: How) -> dict[str, Part]:
    """{code of the sale: what `source` undid of it}: what would have to be restored."""
    found: dict[str, Part] = {}
    for code, cents, kind, scope in _halves([source]):
        word, _, part = code.partition("_")
        if word != how or part not in PARTS:
            continue
        there = found.get(part)
        scopes = {**(there.scopes if there else {}), kind: scope}
        total = cents + (there.cents if there else 0)
        found[part] = Part(code=part, cents=total, scopes=scopes)
    return found


def moved(source: str, codes: Sequence[str]) -> dict[str, int]:
    """{code: cents} of other transfers of a source."""
    lines = Line.objects.filter(
        transfer__source=source, transfer__kind__in=codes, cents__gt=0
    ).values_list("transfer__kind", "cents")
    return dict(lines)


def _halves(sources: Sequence[str]) -> Iterable[tuple[str, int, str, str]]:
    """(code, cents, kind, scope) of both halves of each transfer; the paying one has 0 cents."""
    lines = Line.objects.filter(transfer__source__in=sources).order_by("pk")
    rows = lines.values_list("transfer__kind", "cents", "account__kind", "account__scope")
    for code, cents, kind, scope in rows:
        # A sale of before there was a clearing account: what undoes it goes through clearing.
        if kind != Account.Kind.GATEWAY:
            yield code, max(cents, 0), kind, scope


def _part_of(code: str) -> tuple[str, int]:
    """The code of a sale that a code is about, and whether it adds to it or takes from it."""
    word, _, rest = code.partition("_")
    if word in (How.REFUND, How.REVERSE):
        return rest, -1
    return (rest, 1) if word == How.RESTORE else (code, 1)
