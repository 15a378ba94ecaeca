"""What is to be loaded: how much, from which day's view, and under which keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from market.ops.catalogue.chances import Shuffled, mixed, shuffled

ITEMS_PER_AUTHOR = 30
ITEMS_PER_PURCHASE = 5
DAYS = 3650  # since the marketplace opened
MEAN_SALES = 2  # of an item; by Zipf the best seller of 11 million then has 1.3 million


class Step(StrEnum):
    PEOPLE = "people"
    GOODS = "goods"
    DEALS = "deals"


# Rows of one step that make one part: one transaction, a few seconds, some 50 MB of text.
PART_SIZES: Mapping[Step, int] = {Step.PEOPLE: 20_000, Step.GOODS: 5_000, Step.DEALS: 10_000}
# Keys that are kept free for each item, so that every part knows its own.
MOST_VERSIONS, MOST_PREVIEWS, MOST_PRICES, MOST_NODES, MOST_DAYS = 2, 12, 8, 4, 14


@dataclass(frozen=True)
class Plan:
    """`bases` has the greatest key of each table before the load; what is loaded comes behind it.

    People, items and deals are numbered from 0. Nothing here looks at the clock: `today` is when
    the load began, so that a load which goes on tomorrow makes the same rows.
    """

    seed: int
    items: int
    users: int
    purchases: int
    today: date
    bases: Mapping[str, int]

    @cached_property
    def authors(self) -> int:
        """The first so many people sell."""
        return max(1, min(self.users, self.items // ITEMS_PER_AUTHOR))

    @cached_property
    def popularity(self) -> Shuffled:
        """`place` of an item's number is its rank among best sellers."""
        return shuffled(self.seed, self.items)

    @cached_property
    def now(self) -> datetime:
        """Midnight of the day, without a zone: as the database keeps times, UTC."""
        return datetime.combine(self.today, time())

    def joined(self, number: int) -> datetime:
        """When a person signed up: authors and early people first."""
        share = (number + mixed(self.seed, number)) / self.users
        return self.now - timedelta(days=DAYS * (1 - share), seconds=1)

    def total(self, step: Step) -> int:
        return {Step.PEOPLE: self.users, Step.GOODS: self.items, Step.DEALS: self.purchases}[step]

    def parts(self, step: Step) -> range:
        return range(-(-self.total(step) // PART_SIZES[step]))

    def numbers(self, step: Step, part: int) -> range:
        size = PART_SIZES[step]
        return range(part * size, min((part + 1) * size, self.total(step)))

    def key(self, table: str, number: int) -> int:
        """The primary key of the `number`th row (from 0) of a table."""
        return self.bases[table] + 1 + number
