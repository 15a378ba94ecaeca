import pytest

from market.core.text import clean_line, render_markdown


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  two   words\n", "two words"),
        ("\u200b\u2060\ufeff", ""),
        ("safe\u202etxt.exe", "safetxt.exe"),
        ("nul\x00byte", "nulbyte"),
        ("family 👩‍👩‍👧", "family 👩‍👩‍👧"),
        ("e\u0301", "é"),
    ],
)
def test_a_line_keeps_what_can_be_seen(sent, kept):
    assert clean_line(sent) == kept


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "![x](data:text/html;base64,AAAA)",
    ],
)
def test_markdown_never_becomes_code(attack):
    html = render_markdown(attack)

    for word in ("<script", "<img", "<svg", "<style", 'href="javascript', '="data:'):
        assert word not in html


def test_headings_start_below_the_pages_own():
    assert render_markdown("# Title") == "<h3>Title</h3>\n"


def test_links_are_marked_as_somebody_elses():
    assert render_markdown("[a](https://example.com)") == (
        '<p><a href="https://example.com" rel="nofollow ugc noopener">a</a></p>\n'
    )
