import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.core.money import allocate, format_cents, share


@given(
    cents=st.integers(0, 10**12),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any),
)
def test_parts_add_up_and_stay_within_a_cent_of_their_share(cents, weights):
    parts = allocate(cents, weights)

    assert sum(parts) == cents
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - cents * weight) < sum(weights)


def test_of_equal_remainders_the_earlier_part_gets_the_cent():
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]


def test_a_rate_takes_its_share_of_odd_cents():
    assert share(1999, 3750) == (750, 1249)


@pytest.mark.parametrize(
    ("cents", "currency", "shown"),
    [
        (1900, "USD", "$19"),
        (123450, "USD", "$1,234.50"),
        (-5, "USD", "−$0.05"),
        (700, "JPY", "¥7"),
    ],
)
def test_amounts_are_shown_as_people_write_them(cents, currency, shown):
    assert format_cents(cents, currency) == shown


@pytest.mark.parametrize(("cents", "weights"), [(-1, [1]), (1, [0]), (1, [2, -1])])
def test_what_cannot_be_split_is_an_error(cents, weights):
    with pytest.raises(ValueError, match="allocate needs"):
        allocate(cents, weights)
