"""Integer cents, and how they are split and shown."""

from collections.abc import Sequence

from market.core import locales

BASIS_POINTS = 10_000


def allocate(cents: int, weights: Sequence[int]) -> list[int]:
    """Split `cents` in proportion to `weights` so that the parts add up to the whole.

    Largest remainder; of equal remainders the earlier part gets the cent.
    """
    total = sum(weights)
    if cents < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("allocate needs cents >= 0 and weights with a positive sum")
    parts = [cents * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(cents * weights[i] % total), i))
    for index in by_remainder[: cents - sum(parts)]:
        parts[index] += 1
    return parts


def share(cents: int, rate_bp: int) -> tuple[int, int]:
    """(the rate's part, the rest), by largest remainder. `rate_bp` is in basis points."""
    taken, rest = allocate(cents, [rate_bp, BASIS_POINTS - rate_bp])
    return taken, rest


def format_cents(cents: int, currency: str = "USD") -> str:
    """`$1,234.50`, `1.234,50 $`; whole amounts without cents: `$19`."""
    return locales.money(cents, currency)
