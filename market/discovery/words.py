"""How names and searches become comparable words."""

import re
import unicodedata

MAX_WORDS = 8
MAX_CHARS = 200
WORD_CHARS = 40
_WORD = re.compile(r"\w+")
# Between other words they say nothing about an item; English and German.
ENGLISH_FILLERS = "a an and at by for from in my of on or the to with"
GERMAN_FILLERS = "am auf aus bei das dem den der des die ein eine fur im mit und von zu zum zur"
FILLERS = frozenset(f"{ENGLISH_FILLERS} {GERMAN_FILLERS}".split())


def folded(text: str) -> str:
    """Without case and accents: `Résumé` → `resume`."""
    if text.isascii():
        return text.lower()  # the same, much cheaper: an index is built from millions of names
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in split if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """The words of a name or a search, each once, in order, cut to what the index holds."""
    found = _WORD.findall(folded(text).replace("_", " "))
    return list(dict.fromkeys(word[:WORD_CHARS] for word in found))


def search_words(text: str) -> list[str]:
    """The words that a search looks for; of an endless one, the first few."""
    found = words_of(text[:MAX_CHARS])
    telling = [word for word in found if word not in FILLERS]
    return (telling or found)[:MAX_WORDS]
