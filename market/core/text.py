"""Text that people send: what may not get into a name, and authors' Markdown made safe."""

import unicodedata

import nh3
from markdown_it import MarkdownIt

# Bidirectional controls and zero-width characters make one name look like another.
# The zero-width joiner (U+200D) stays: emoji families need it.
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
_INVISIBLE = _BIDI | {0x200B, 0x2060, 0xFEFF}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_TAGS = {
    "p", "br", "hr", "h3", "h4", "h5", "ul", "ol", "li", "strong", "em", "s", "code", "pre",
    "blockquote", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


def clean_line(text: str) -> str:
    """One line of plain text: NFC, no controls, no invisible marks, single spaces."""
    kept = (
        char
        for char in unicodedata.normalize("NFC", text)
        if ord(char) not in _INVISIBLE and (char in "\t\n" or unicodedata.category(char) != "Cc")
    )
    return " ".join("".join(kept).split())


def render_markdown(source: str) -> str:
    """Authors' Markdown as HTML that is safe to show as it is. Headings start at h3."""
    tokens = _MARKDOWN.parse(source)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 5)}"
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )
