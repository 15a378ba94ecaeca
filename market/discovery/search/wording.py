"""What a search's words may stand for: their other number, and a marketplace's synonyms."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from market.discovery.search.interface import Word
from market.discovery.words import folded, search_words
from market.tenancy.definitions import Marketplace

SHORTEST_PLURAL = 4  # characters: `gas` is one of nothing


def words_for(marketplace: Marketplace, text: str) -> list[Word]:
    """The words of a search; the last one may still be being typed."""
    found = search_words(text)
    is_unfinished = not text[-1:].isspace()
    return [
        Word(
            text=word,
            forms=tuple(other_numbers(word)),
            synonyms=tuple(_synonyms(marketplace, word)),
            is_prefix=is_unfinished and number == len(found) - 1,
        )
        for number, word in enumerate(found)
    ]


def loosened(words: Iterable[Word]) -> list[Word]:
    """The same search for somebody who misspelt it, or left words unfinished."""
    return [replace(word, is_prefix=True, may_be_misspelt=True) for word in words]


def other_numbers(word: str) -> list[str]:
    """English singulars of a plural and plurals of a singular: `icons` → `icon`."""
    if word.isdigit() or len(word) < SHORTEST_PLURAL - 1:
        return []
    if word.endswith("ies") and len(word) > SHORTEST_PLURAL:
        return [f"{word[:-3]}y"]
    if word.endswith("s") and not word.endswith("ss") and len(word) >= SHORTEST_PLURAL:
        singulars = [word[:-1]]
        return [*singulars, word[:-2]] if word.endswith("es") else singulars
    if word.endswith("y"):
        return [f"{word}s", f"{word[:-1]}ies"]
    return [f"{word}s", f"{word}es"] if word.endswith(("s", "x", "z", "ch", "sh")) else [f"{word}s"]


def _synonyms(marketplace: Marketplace, word: str) -> Sequence[str]:
    own = {word, *other_numbers(word)}
    found: dict[str, None] = {}
    for group in marketplace.search.synonyms:
        meant = [folded(one) for one in group]
        if own & set(meant):
            others = (number for one in meant for number in (one, *other_numbers(one)))
            found |= dict.fromkeys(one for one in others if one not in own)
    return list(found)
