"""Very many matches: numbers are counted in a sample, the best are looked for where they stand.

Up to MANY matches everything is counted and every match scored. docs/search.md says the rules.
"""

from dataclasses import dataclass, replace

import tantivy

from market.discovery.search.interface import Likeness, Query
from market.discovery.search.relevance import FIELDS, PHRASE, WHOLE_NAME
from market.discovery.search.tantivy_engine.queries import like, matches
from market.discovery.search.tantivy_engine.schema import (
    FACTORS,
    SAMPLES,
    all_of,
    factor_term,
    sample_term,
    term,
)

MANY = 50_000
MANY_ALIKE = 20_000  # items that are looked at for those like another one
SMALLEST = SAMPLES[-1]
DIGITS = 2  # of an estimated number: the total is at most 4 % off in two cases of three
# How many items of a part shall match at least, for each that is wanted and in all, before it is
# searched alone: fewer are soon not enough.
SPARE, LEAST = 20, 4000
TRIES = 2
EXACTLY = 1.001  # scores are numbers of 32 bits
WITHOUT_WORDS = 1.0  # the text's part of a score where none was asked for

Hits = list[tuple[float, tantivy.DocAddress]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is counted: `query` finds one match in `one_in`, and there are about so many."""

    query: tantivy.Query
    one_in: int
    total: int

    @property
    def is_about(self) -> bool:
        return self.one_in > 1

    def number(self, found: int) -> int:
        """Of the whole selection, for what was counted in it."""
        return _rounded(found * self.one_in) if self.is_about else found


def selection_of(searcher: tantivy.Searcher, wanted: tantivy.Query) -> Selection:
    """By the smallest sample it is known how large a part need be counted."""
    if searcher.num_docs > MANY:
        about = SMALLEST * _count(searcher, all_of([_sample(SMALLEST), wanted]))
        fitting = [one_in for one_in in SAMPLES if about >= MANY * one_in / SAMPLES[0]]
        if fitting:
            query = all_of([_sample(fitting[-1]), wanted])
            return Selection(query, fitting[-1], _rounded(about))
    return Selection(wanted, 1, _count(searcher, wanted))


def _sample(one_in: int) -> tantivy.Query:
    return term("part", sample_term(one_in))


def _count(searcher: tantivy.Searcher, wanted: tantivy.Query) -> int:
    """All matches, not those of a page. The bindings' types do not know of it."""
    return int(searcher.search(wanted, 1).count)  # type: ignore[attr-defined]


def _rounded(number: int) -> int:
    return round(number, DIGITS - len(str(number)))


def best(
    searcher: tantivy.Searcher, query: Query, *, selection: Selection, size: int, offset: int
) -> Hits:
    """The next `size` by score. The same as a search of everything, without looking at all of it.

    What is outside a part has at most the text's most points times the part's bound: where the
    last hit that is wanted has more, nothing outside comes before it.
    """
    wanted = matches(query, query.filters)
    if selection.is_about:
        for bound, part in _parts(searcher, selection.total, size + offset):
            hits = _search(searcher, all_of([part, wanted]), size, offset)
            if len(hits) == size and hits[-1][0] > bound * _most_points(query) * EXACTLY:
                return hits
    return _search(searcher, wanted, size, offset)


def likest(searcher: tantivy.Searcher, wanted: Likeness, *, size: int) -> Hits:
    """By what few items share: what is in everybody's words says little, and takes long to see."""
    known = [("tag", one, searcher.doc_freq("tag", one)) for one in wanted.tags]
    known += [("name", one, searcher.doc_freq("name", one)) for one in wanted.name]
    known.sort(key=lambda one: one[2])
    items = 0
    telling: list[tuple[str, str]] = []
    for field, text, found in known:
        items += found
        if telling and items > MANY_ALIKE:
            break
        telling.append((field, text))
    alike = replace(
        wanted,
        tags=[text for field, text in telling if field == "tag"],
        name=[text for field, text in telling if field == "name"],
    )
    asked = like(alike)
    if known and known[0][2] > MANY_ALIKE:
        asked = all_of([*(part for _, part in _parts(searcher, known[0][2], size)[:1]), asked])
    return _search(searcher, asked, size, 0)


def _search(searcher: tantivy.Searcher, wanted: tantivy.Query, size: int, offset: int) -> Hits:
    found = searcher.search(wanted, size, count=False, offset=offset, weight_by_field="weight")
    return found.hits


def _most_points(query: Query) -> float:
    """See `relevance`: the best field for each word, and what the whole of them gets besides."""
    if not query.words:
        return WITHOUT_WORDS
    return max(FIELDS.values()) + WHOLE_NAME + (PHRASE if len(query.words) > 1 else 0)


def _parts(
    searcher: tantivy.Searcher, total: int, wanted: int
) -> list[tuple[float, tantivy.Query]]:
    """The smallest parts that should do, each with the factor that all in it have at least."""
    least = max(LEAST, SPARE * wanted)
    found = []
    for step, bound in reversed(list(enumerate(FACTORS))):
        items = searcher.doc_freq("part", factor_term(step))
        if total * items / searcher.num_docs >= least:
            found.append((bound, term("part", factor_term(step))))
    return found[: 2 * TRIES : 2]
