"""How names and searches become comparable words."""

import re
import unicodedata

from market.discovery.models import SearchWord

MAX_WORDS = 8
MAX_CHARS = 200
_WORD = re.compile(r"\w+")
_WORD_CHARS: int = SearchWord._meta.get_field("word").max_length or 40


def folded(text: str) -> str:
    """Without case and accents: `Résumé` → `resume`."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in split if not unicodedata.combining(char))


def words_of(text: str) -> list[str]:
    """The words of a name or a search, each once, in order, cut to what the index holds."""
    found = _WORD.findall(folded(text).replace("_", " "))
    return list(dict.fromkeys(word[:_WORD_CHARS] for word in found))


def search_words(text: str) -> list[str]:
    """The words that a search looks for; of an endless one, the first few."""
    return words_of(text[:MAX_CHARS])[:MAX_WORDS]
