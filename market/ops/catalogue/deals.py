"""What people took, and how they rated it.

Everything here was given away: it cost nothing, so that nothing is booked and the ledger's check
(`manage.py check_ledger`) holds for it as for any gift. Counted sales and stars (goods) stand for a
history of which these rows are no part; `recount_ratings` and `replay_sales` would say so.
"""

from datetime import timedelta
from random import Random

from market.community.models import Rating
from market.ops.catalogue.chances import Weighted, fresh, zipf
from market.ops.catalogue.goods import ITEMS, version_key
from market.ops.catalogue.outline import Outline, outline
from market.ops.catalogue.people import user_key
from market.ops.catalogue.plan import Plan, Step
from market.ops.catalogue.shop import Shop
from market.ops.catalogue.tables import Rows, name_of
from market.purchases.models import Order, OrderLine, Purchase
from market.purchases.models.orders import BREAKDOWN

ORDERS, LINES, PURCHASES = name_of(Order), name_of(OrderLine), name_of(Purchase)
RATINGS = name_of(Rating)
RATED = 0.3  # of these purchases
STARS = Weighted((5, 4, 3, 2, 1), (60, 22, 8, 5, 5))
AUTHOR_FEE_BP = 3750  # on record with a gift too
_FIXED: dict[str, str | int] = {
    "author_fee_bp": AUTHOR_FEE_BP,
    "tax_scope": "",
    "currency": "USD",
}
WAIVED = tuple(_FIXED.get(name, 0) for name in BREAKDOWN)
HOUR = timedelta(hours=1)


def deals(plan: Plan, shops: Weighted[Shop], part: int) -> Rows:
    rows: Rows = {ORDERS: [], LINES: [], PURCHASES: [], RATINGS: []}
    chance = fresh(plan.seed, "deals", part)
    for number in plan.numbers(Step.DEALS, part):
        rank = zipf(chance, plan.items)
        item = outline(plan, shops, plan.popularity.number(rank))
        _add(rows, plan, number, item, chance)
    return rows


def _add(rows: Rows, plan: Plan, number: int, item: Outline, chance: Random) -> None:
    buyer = user_key(plan, chance.randrange(plan.users))
    author = user_key(plan, item.author)
    key, item_key = f"{chance.getrandbits(128):032x}", plan.key(ITEMS, item.number)
    bought = item.published + (plan.now - item.published) * chance.random()
    at, licence = str(bought), item.leaf.top.licence
    order, line, purchase = (plan.key(table, number) for table in (ORDERS, LINES, PURCHASES))
    rows[ORDERS].append(
        (
            order,
            key,
            buyer,
            0,
            0,
            "USD",
            "paid",
            f"free:{key}",
            at,
            str(bought + HOUR),
            at,
            at,
        )
    )
    rows[LINES].append((line, "licence", order, item_key, author, licence, 1, 0, *WAIVED))
    rows[PURCHASES].append(
        (
            purchase,
            f"{chance.getrandbits(128):032x}",
            line,
            buyer,
            author,
            item_key,
            version_key(plan, item.number, item.versions),
            item.shop.site.id,
            licence,
            1,
            at,
            0,
            *WAIVED,
        )
    )
    if chance.random() < RATED:
        rows[RATINGS].append(
            (
                plan.key(RATINGS, number),
                purchase,
                item_key,
                buyer,
                STARS.at(chance.random()),
                "other",
                chance.choice(item.shop.paragraphs),
                "",
                at,
            )
        )
