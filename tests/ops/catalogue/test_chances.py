"""Chance that can be repeated, and Zipf's law."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.ops.catalogue.chances import Weighted, fresh, long_tail, mixed, shuffled, zipf

DRAWS = 40_000


@given(st.integers(0, 2**31), st.integers(0, 11_000_000))
def test_a_number_has_the_same_chance_each_time(seed, number):
    assert fresh(seed, "item", number).random() == fresh(seed, "item", number).random()
    assert fresh(seed, "item", number).random() != fresh(seed, "deal", number).random()
    assert 0 <= mixed(seed, number) < 1


@pytest.mark.parametrize("size", [100, 10_000])
def test_the_second_is_half_as_frequent_as_the_first(size):
    chance = fresh(1, "zipf", size)
    counted = Counter(zipf(chance, size) for _ in range(DRAWS))

    # ln((r + 2) / (r + 1)) / ln(size + 1): Zipf's law with exponent 1, made continuous
    assert counted[0] / counted[1] == pytest.approx(1.71, rel=0.1)
    assert counted[0] / counted[9] == pytest.approx(7.27, rel=0.2)
    assert set(counted) <= set(range(size))


def test_the_busiest_author_has_a_small_share_of_all():
    chance = fresh(1, "authors", 0)
    counted = Counter(long_tail(chance, 1000) for _ in range(DRAWS))

    assert 0.02 < counted[0] / DRAWS < 0.045
    assert len(counted) > 950


def test_what_weighs_nothing_is_never_chosen():
    chosen = Weighted("abc", (3, 0, 1))
    counted = Counter(chosen.at(point / 1000) for point in range(1000))

    assert counted == {"a": 750, "c": 250}


@given(st.integers(0, 1000), st.integers(1, 3000))
def test_shuffling_gives_each_number_one_place(seed, size):
    order = shuffled(seed, size)

    places = [order.place(number) for number in range(size)]

    assert sorted(places) == list(range(size))
    assert [order.number(place) for place in places] == list(range(size))
