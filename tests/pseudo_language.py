"""German whose every word says that it was translated: a bare word in a page was forgotten.

Texts of catalogues become ⟦text⟧, and so do dates and names of countries, which Babel says.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils.translation import trans_real

from market.core import locales
from market.discovery import advice, terms
from market.discovery.facets import offered, shown
from market.tenancy.registry import marketplaces_in

LANGUAGE = "de"
OPEN, CLOSE = "⟦", "⟧"
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-label")
# Code and programs' texts; what is in another language says so by `lang`.
SILENT = {"script", "style", "template", "code", "pre", "textarea", "svg"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr"}  # fmt: skip
BRAND = "Seven Shelves"
WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{2,}")
# Not words: units, names of formats and signs such as UTC; file names, addresses, codes.
SIGNS = re.compile(r"[A-Z][A-Z0-9+]{1,9}|kB|GLB|k?Hz|\S*[0-9@/._]\S*")


def bracket_words(monkeypatch: pytest.MonkeyPatch) -> None:
    words = trans_real.translation(LANGUAGE)
    for name in ("gettext", "ngettext"):
        monkeypatch.setattr(words, name, _bracketed(getattr(words, name)))
    for name in ("day", "month", "moment", "ago", "country"):
        monkeypatch.setattr(locales, name, _bracketed(getattr(locales, name)))
    # What a process keeps in a language was said before, or would stay as it is said now.
    for module, name in (
        (offered, "_facets"), (shown, "_offered"), (terms, "_points"), (advice, "_questions"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, getattr(module, name).__wrapped__)


def _bracketed(say: Any) -> Any:
    def told(*args: Any) -> str:
        words = say(*args)
        # Django asks for a text of a context as context + separator + text.
        return words if "\x04" in words else OPEN + words + CLOSE

    return told


def site_words() -> set[str]:
    """What `sites/*/de.toml` and `site.toml` say, and the parts that lists are made of."""
    found: set[str] = set()
    for code in (LANGUAGE, "en"):
        for site in marketplaces_in(code):
            found.update(_strings(site))
    return {part for text in found for part in (text, *_parts(text))}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, dict) or hasattr(value, "items"):
        for key, one in value.items():
            yield from _strings(key)
            yield from _strings(one)
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _strings(one)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _strings(getattr(value, name))


def _parts(text: str) -> list[str]:
    return [part.strip(" .\xa0") for part in re.split(r"[·,:;|()–—“”„\n]", text)]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.silent: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        foreign = tag != "html" and said.get("lang", LANGUAGE) != LANGUAGE
        if tag not in VOID and (self.silent or tag in SILENT or foreign):
            self.silent.append(tag)
        if not self.silent:
            outer = self.depth
            for name in SPOKEN:
                self.depth = 0
                self._hear(said.get(name) or "")
            if tag == "input" and said.get("type") in ("submit", "button"):
                self._hear(said.get("value") or "")
            if tag == "meta" and said.get("name") == "description":
                self._hear(said.get("content") or "")
            self.depth = outer

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._hear(data)

    def _hear(self, text: str) -> None:
        """Keeps what stands outside of all brackets; they may span elements."""
        for piece in re.split(f"([{OPEN}{CLOSE}])", text):
            if piece == OPEN:
                self.depth += 1
            elif piece == CLOSE:
                self.depth -= 1
            elif self.depth == 0 and piece.strip():
                self.texts.append(" ".join(piece.split()))


def bare_words(html: str, allowed: set[str]) -> list[str]:
    """Texts of a page that nobody translated, without `allowed` ones."""
    page = _Page()
    page.feed(html)
    return [
        part
        for text in page.texts
        if text not in allowed
        for part in _parts(text)
        if not {part, part.rstrip(" 0123456789")} & allowed and _is_wordy(part)
    ]


def _is_wordy(part: str) -> bool:
    words = [word for word in part.replace(BRAND, "").split() if not SIGNS.fullmatch(word)]
    return any(WORD.search(word) for word in words)
