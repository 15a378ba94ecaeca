import pytest

from market.core.units import clock, readable_bytes


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (5.4, "0:05"), (65, "1:05"), (3725, "1:02:05")]
)
def test_lengths_are_shown_as_on_a_clock(seconds, shown):
    assert clock(seconds) == shown


@pytest.mark.parametrize(
    ("length", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (352_000, "352 kB"), (3_400_000, "3.4 MB"),
     (2_500_000_000, "2.5 GB")],
)  # fmt: skip
def test_file_sizes_have_a_unit_that_fits(length, shown):
    assert readable_bytes(length) == shown
