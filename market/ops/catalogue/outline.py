"""What an item is, by its number alone: what its rows are made from, and what its sales need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from random import Random

from market.items.models import Item
from market.ops.catalogue.chances import Weighted, fresh, long_tail, mixed
from market.ops.catalogue.plan import DAYS, MEAN_SALES, Plan
from market.ops.catalogue.shop import Leaf, Shop

AT_HOME = 0.9  # of an author's items; the others are at other marketplaces
GROWTH = 1.5  # items there were by a day: its share of all days, to this power
UPDATED = 0.25  # have a second version
SECONDS = DAYS * 24 * 3600
HOUR = timedelta(hours=1)
STATUSES = Weighted(
    (Item.Status.APPROVED.value, Item.Status.PAUSED.value, Item.Status.RETIRED.value),
    (0.98, 0.01, 0.01),
)


@dataclass(frozen=True, slots=True)
class Outline:
    number: int
    author: int  # their number
    shop: Shop
    leaf: Leaf
    status: str
    published: datetime
    updated: datetime
    versions: int
    sales: int
    chance: Random  # for whatever else there is to say of it

    @property
    def is_on_sale(self) -> bool:
        return self.status == Item.Status.APPROVED.value


def outline(plan: Plan, shops: Weighted[Shop], number: int) -> Outline:
    chance = fresh(plan.seed, "item", number)
    draw = chance.random
    author = long_tail(chance, plan.authors)
    point = mixed(plan.seed + 2, author)  # where the author is at home
    shop = shops.at(point if draw() < AT_HOME else draw())
    published = _published(plan, number, draw())
    versions = 1 + (draw() < UPDATED)
    since = plan.now - published
    return Outline(
        number=number,
        author=author,
        shop=shop,
        leaf=shop.leaves.at(draw()),
        status=STATUSES.at(draw()),
        published=published,
        updated=published + since * draw() if versions > 1 else published,
        versions=versions,
        sales=int(expected_sales(plan, number) + draw()),
        chance=chance,
    )


def expected_sales(plan: Plan, number: int) -> float:
    """By Zipf over all items, so that the mean is MEAN_SALES."""
    scale = MEAN_SALES * plan.items / log(plan.items + 1)
    return scale / (plan.popularity.place(number) + 1)


def _published(plan: Plan, number: int, chance: float) -> datetime:
    """In the order of the numbers, more of them of late; never in the last hour."""
    share = (number + chance) / plan.items
    back = SECONDS * (1 - share ** (1 / GROWTH))
    return plan.now - HOUR - timedelta(seconds=int(back))
