"""Of very many matches the best are found without looking at all, and numbers are about."""

import random
from dataclasses import replace

import pytest

from market.discovery.search.interface import (
    Changes,
    Counted,
    Document,
    Filters,
    Likeness,
    Query,
    Word,
)
from market.discovery.search.tantivy_engine import TantivyEngine, counting, engine, large
from market.discovery.search.tantivy_engine.schema import SAMPLES, samples_of
from market.discovery.selectors.lists import Place
from market.tenancy.definitions.enums import Sort
from tests import factories
from tests.conftest import host_client

SITE = 3
ITEMS = 6000
YEAR = 365 * 86400
LANTERN = Word(text="lantern")


def document(number, chance):
    name = ["lantern", *chance.sample(["red", "blue", "old", "new"], k=chance.randint(0, 2))]
    columns = {
        "price": chance.randint(100, 9000),
        "sales": int(chance.paretovariate(0.7)),
        "rating": chance.randint(0, 500),
        "trending": 0,
        "published": 1_400_000_000 + chance.randint(0, 11 * YEAR),
        "updated": 1_700_000_000,
    }
    return Document(
        id=number,
        site_id=SITE,
        name=name if chance.random() < 0.5 else name[1:] or ["other"],
        tag_words=["lantern"],
        author_words=["painter"],
        summary=["sea"],
        author="painter",
        categories=["nature"],
        tags=("lantern",),
        values={"people": [chance.choice(["none", "one", "one"])]},
        columns=columns,
        numbers={},
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    chance = random.Random(7)
    documents = [document(number, chance) for number in range(1, ITEMS + 1)]
    made = TantivyEngine(tmp_path_factory.mktemp("large"))
    with made.build(position=1, oldest=0) as build:
        build.add(documents[:4000], after=4000)
        build.index(Changes(documents=documents[4000:], gone=(), position=2))
        build.publish()
    return made


@pytest.fixture
def few_are_many(monkeypatch):
    monkeypatch.setattr(large, "MANY", 400)
    monkeypatch.setattr(large, "LEAST", 200)
    monkeypatch.setattr(large, "SPARE", 3)


@pytest.mark.parametrize("words", [(LANTERN,), (LANTERN, Word(text="red")), ()])
@pytest.mark.parametrize("offset", [0, 60])
def test_the_best_of_very_many_are_those_of_a_search_of_all(
    filled, few_are_many, monkeypatch, words, offset
):
    query = Query(site_id=SITE, words=words)
    searched = filled.search(query)
    for _ in range(offset // query.size):
        query = Query(site_id=SITE, words=words, place=Place(after=searched.next_cursor))
        searched = filled.search(query)
    assert searched.is_about

    monkeypatch.setattr(large, "MANY", ITEMS)
    whole = filled.search(query)

    assert not whole.is_about
    assert [searched.parts[one].score for one in searched.ids] == pytest.approx(
        [whole.parts[one].score for one in whole.ids]
    )
    assert set(searched.ids[:20]) <= set(whole.ids)


def test_only_a_part_is_looked_at_for_the_best(filled, few_are_many):
    searcher = filled._index().searcher()

    parts = large._parts(searcher, ITEMS, 31)

    bounds = [bound for bound, _part in parts]
    assert 1 <= len(bounds) <= large.TRIES
    assert bounds == sorted(bounds, reverse=True)


def test_numbers_of_very_many_are_about(filled, few_are_many):
    counted = Counted(groups=["people"], categories=True, tags=1)

    found = filled.search(Query(site_id=SITE, words=(LANTERN,), counted=counted))

    assert found.is_about
    assert found.counts.is_about
    assert found.total == pytest.approx(ITEMS, rel=0.2)
    assert found.counts.categories["nature"] == pytest.approx(ITEMS, rel=0.2)
    assert found.counts.groups["people"]["one"] == pytest.approx(ITEMS * 2 / 3, rel=0.2)
    assert all(len(str(one).rstrip("0")) <= 2 for one in found.counts.groups["people"].values())


def test_few_are_counted_one_by_one_in_a_large_index(filled, few_are_many):
    rare = Query(
        site_id=SITE,
        filters=Filters(values={"people": ["nobody"]}),
        counted=Counted(groups=["people"]),
    )

    found = filled.search(rare)

    assert (found.total, found.is_about) == (0, False)
    # Without the filter there are many.
    assert found.counts.is_about


def test_other_orders_tell_about_how_many_there_are(filled, few_are_many):
    found = filled.search(Query(site_id=SITE, words=(LANTERN,), sort=Sort.BEST_SELLERS))

    assert found.is_about
    assert len(found.ids) == 30


def test_samples_are_parts_of_each_other_and_as_large_as_they_say():
    drawn = [samples_of(number) for number in range(64_000)]

    for one_in in SAMPLES:
        assert sum(f"sample={one_in}" in one for one in drawn) == pytest.approx(
            64_000 / one_in, rel=0.02
        )
    assert all("sample=4" in one for one in drawn if one)


def test_the_page_says_that_its_numbers_are_about(author, monkeypatch):
    for _ in range(3):
        factories.make_item(author=author, name="Lantern")
    factories.index()
    for module in (engine, counting):
        monkeypatch.setattr(module, "selection_of", about_300)

    html = host_client("graphics").get("/search/?q=lantern").content.decode()

    assert "About <strong>300</strong>" in html
    assert "counted in a sample" in html


def about_300(_searcher, wanted):
    return large.Selection(wanted, 100, 300)


def test_what_is_alike_is_found_by_what_few_share(filled, few_are_many, monkeypatch):
    monkeypatch.setattr(large, "MANY_ALIKE", 100)
    wanted = Likeness(item_id=1, site_id=SITE, name=["other"], tags=["lantern"], category="nature")
    by_name, by_tag = replace(wanted, tags=[]), replace(wanted, name=[])

    found = filled.more_like(wanted, size=20)

    assert len(found) == 20
    assert set(found) <= set(filled.more_like(by_name, size=ITEMS))
    # What all share is better than nothing.
    assert len(filled.more_like(by_tag, size=20)) == 20
