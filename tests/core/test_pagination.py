import pytest

from market.core.pagination import BadCursor, decode_cursor, encode_cursor


def test_a_cursor_gives_back_its_values():
    assert decode_cursor(encode_cursor("2026-01-02", 7), str, int) == ["2026-01-02", 7]


@pytest.mark.parametrize(
    "cursor", ["", "abc", "é", "W10", encode_cursor(7), encode_cursor("a", "b")]
)
def test_what_we_did_not_make_is_refused(cursor):
    with pytest.raises(BadCursor):
        decode_cursor(cursor, str, int)
