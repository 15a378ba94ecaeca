"""What is counted of an item, and the lists that are sorted by it."""

from datetime import timedelta
from random import Random

from market.discovery import trends
from market.discovery.models import SalesDay
from market.items.models import ItemListing, ItemStats, author_node
from market.ops.catalogue.chances import Weighted
from market.ops.catalogue.outline import Outline
from market.ops.catalogue.people import user_key
from market.ops.catalogue.plan import MOST_DAYS, MOST_NODES, Plan
from market.ops.catalogue.shop import Leaf
from market.ops.catalogue.tables import Rows, name_of

STATS, LISTINGS, SOLD = name_of(ItemStats), name_of(ItemListing), name_of(SalesDay)
TABLES = (STATS, LISTINGS, SOLD)

RATED = 0.08  # of those who buy
# Of a hundred ratings, how many give 1, 2, … 5 stars: good items are the most frequent.
QUALITIES = Weighted(
    ((1, 1, 3, 15, 80), (2, 3, 8, 27, 60), (5, 7, 18, 35, 35), (15, 15, 25, 25, 20)), (4, 4, 2, 1)
)
SOLD_A_DAY = 1 / 200  # of all that was ever sold of an item, in these days


def add_counts(rows: Rows, plan: Plan, one: Outline, key: int, all_in: int) -> None:
    stars = by_stars(int(one.sales * RATED + one.chance.random()), one.chance)
    rated = sum(stars)
    rating_sum = sum(count * (place + 1) for place, count in enumerate(stars))
    trending = _add_days(rows, plan, one, key) if one.sales else 0
    rows[STATS].append((key, one.sales, rating_sum, rated, *stars, trending, str(plan.now)))
    if not one.is_on_sale:
        return
    rating = one.shop.site.search.rated_hundredths(stars=rating_sum, ratings=rated)
    sorted_by = (str(one.published), str(one.updated), all_in, one.sales, rating, trending)
    for place, node in enumerate(_nodes(one.leaf, user_key(plan, one.author))):
        number = one.number * MOST_NODES + place
        rows[LISTINGS].append((plan.key(LISTINGS, number), one.shop.site.id, node, key, *sorted_by))


def _nodes(leaf: Leaf, author_key: int) -> list[int]:
    above = [leaf.parent_id] if leaf.parent_id else []
    return [0, leaf.node_id, *above, author_node(author_key)]


def by_stars(rated: int, chance: Random) -> list[int]:
    """How many gave 1, 2, … 5 stars; `rated` altogether."""
    quality = QUALITIES.at(chance.random())
    counts = [rated * share // 100 for share in quality]
    given = Weighted(range(5), quality)
    for _ in range(rated - sum(counts)):
        counts[given.at(chance.random())] += 1
    return counts


def _add_days(rows: Rows, plan: Plan, one: Outline, key: int) -> int:
    """What was sold of it in the last days; how much that makes it trend."""
    sold = {}
    for back in range(1, MOST_DAYS + 1):
        expected = one.sales * SOLD_A_DAY * (0.5 + one.chance.random())
        if count := int(expected + one.chance.random()):
            sold[plan.today - timedelta(days=back)] = count
    for place, (day, count) in enumerate(sold.items()):
        number = one.number * MOST_DAYS + place
        rows[SOLD].append((plan.key(SOLD, number), key, day.isoformat(), count))
    return trends.score(sold, plan.today) if sold else 0
