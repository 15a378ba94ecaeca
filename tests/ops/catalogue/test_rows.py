"""What the loader makes up is what the sites' own forms would accept."""

from collections import Counter
from datetime import date

import pytest

from market.items.content.attributes import parse_attribute
from market.items.content.validation import ItemContent, checked_content, checked_prices
from market.items.models import Category
from market.ops.catalogue import goods as items
from market.ops.catalogue.chances import fresh
from market.ops.catalogue.deals import deals
from market.ops.catalogue.goods import goods
from market.ops.catalogue.looks import KEPT
from market.ops.catalogue.outline import outline
from market.ops.catalogue.people import people
from market.ops.catalogue.plan import Plan, Step
from market.ops.catalogue.shop import open_shops, price_list
from market.ops.catalogue.tables import TABLES
from market.ops.catalogue.values import draws
from market.tenancy.registry import marketplace_by_id, marketplaces

LOOK = [dict.fromkeys(KEPT, 1) | {"kind": "image", "key": "previews/x/1180.webp", "facts": {}}]


@pytest.fixture
def shops(sites):
    return open_shops({site.id: [LOOK] for site in marketplaces()})


@pytest.fixture
def plan():
    return make_plan()


def make_plan(seed=7):
    return Plan(
        seed=seed, items=3000, users=500, purchases=400, today=date(2030, 5, 17),
        bases=dict.fromkeys(TABLES, 1000),
    )  # fmt: skip


@pytest.mark.parametrize("site", marketplaces(), ids=str)
def test_each_attribute_is_drawn_as_its_form_stores_it(site):
    chance = fresh(1, "values", site.id)
    known = {one.key: one for one in site.attributes}
    for _ in range(40):
        for key, _said, draw in draws(site.attributes):
            value = draw(chance)
            assert parse_attribute(known[key], value) == value, key


def test_the_same_seed_makes_the_same_rows_and_another_does_not(shops, plan):
    assert goods(plan, shops, 0) == goods(make_plan(), shops, 0)
    assert deals(plan, shops, 0) == deals(make_plan(), shops, 0)
    assert goods(plan, shops, 0) != goods(make_plan(seed=8), shops, 0)


def test_items_are_what_an_author_may_offer(shops, plan):
    for number in range(0, 3000, 7):
        one = outline(plan, shops, number)
        site, top = one.shop.site, one.leaf.top.slug
        prices = dict(price_list(site.id, top, items.base_cents(one)))
        assert checked_prices(site, top, prices) == prices
        node = Category.objects.get(pk=one.leaf.node_id)
        assert node.site_id == site.id
        assert node.path in site.leaf_paths()


def test_their_words_are_what_the_form_accepts(shops, plan):
    rows = goods(plan, shops, 0)
    tops = {row.pk: row.path.split("/")[0] for row in Category.objects.all()}
    details = _by_column(rows, items.DETAILS)
    for item, detail in zip(_by_column(rows, items.ITEMS), details, strict=True):
        site = marketplace_by_id(item["site_id"])
        content = ItemContent(
            name=item["name"], summary=item["summary"], description=detail["description_source"]
        )
        cleaned = checked_content(site, tops[item["category_id"]], content)
        assert cleaned.name == item["name"]
        assert cleaned.summary == item["summary"]
        assert len(cleaned.description) >= site.item.description_min_chars


def test_rows_have_a_value_for_each_column(shops, plan):
    for rows in (goods(plan, shops, 0), deals(plan, shops, 0), people(plan, 0, author_role=1)):
        for table, found in rows.items():
            assert {len(row) for row in found} <= {len(TABLES[table].columns)}, table
            # The first column is the key; it comes behind what was there.
            assert min(row[0] for row in found) > 1000
            assert len({row[0] for row in found}) == len(found)


def test_sales_follow_zipf_over_all_items(shops, plan):
    sold = sorted((outline(plan, shops, one).sales for one in range(3000)), reverse=True)

    assert sold[0] / sold[9] == pytest.approx(10, rel=0.1)
    assert sum(sold) / 3000 == pytest.approx(2, rel=0.25)
    # Stars and sales of an item agree with each other.
    for row in _by_column(goods(plan, shops, 0), "items_itemstats"):
        stars = [row[f"stars_{one}"] for one in range(1, 6)]
        assert sum(stars) == row["rating_count"] <= max(1, row["sales"])
        assert row["rating_sum"] == sum(one * count for one, count in enumerate(stars, start=1))


def test_a_few_authors_have_most_items(shops, plan):
    counted = Counter(outline(plan, shops, one).author for one in range(3000))

    assert max(counted) < plan.authors
    busiest = sum(count for _, count in counted.most_common(plan.authors // 10))
    assert 0.25 < busiest / 3000 < 0.45


def test_nothing_is_from_the_future(shops, plan):
    for number in (0, 1, 1500, 2999):
        one = outline(plan, shops, number)
        assert one.published <= one.updated < plan.now
    assert plan.joined(499) < plan.now


def test_parts_are_all_numbers_once(plan):
    for step in Step:
        numbers = [one for part in plan.parts(step) for one in plan.numbers(step, part)]
        assert numbers == list(range(plan.total(step)))


def _by_column(rows, table):
    return [dict(zip(TABLES[table].columns, row, strict=True)) for row in rows[table]]
