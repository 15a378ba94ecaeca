"""What trends: what sold lately, each sale counting for half as much a week later.

    score = 100 × Σ (sales of a day × ½ ^ (age of the day / 7))    over the last 56 days, rounded

Days are UTC. The score follows from the days' sales and today alone, so that computing it again
gives the same; gifts and reversed purchases are no sales.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

HALF_LIFE_DAYS = 7
COUNTED_DAYS = 56  # eight half-lives: what is older weighs less than half a hundredth a sale
KEPT_DAYS = 90


def score(sales: Mapping[date, int], today: date) -> int:
    """In hundredths of a sale made today."""
    weighed: Iterator[float] = (
        sold * 0.5 ** ((today - day).days / HALF_LIFE_DAYS)
        for day, sold in sales.items()
        if timedelta(0) <= today - day < timedelta(days=COUNTED_DAYS)
    )
    return round(100 * sum(weighed))
