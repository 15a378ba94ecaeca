"""Our query as tantivy's: each word scored by a fixed table, filters without a score."""

from collections.abc import Iterable, Sequence

import tantivy

from market.discovery.search.interface import COLUMNS, Filters, Likeness, Query, Range, Word
from market.discovery.search.relevance import (
    BEGINNING,
    FIELDS,
    ITSELF,
    MISSPELT,
    OTHER_FORM,
    PHRASE,
    SYNONYM,
    WHOLE_NAME,
)
from market.discovery.search.tantivy_engine.schema import (
    COLUMN_MOST,
    ID_BITS,
    ID_MASK,
    SCHEMA,
    all_of,
    any_of,
    number_field,
    packed,
    term,
    value_term,
)

BEGINS_FROM = 2  # characters: the beginning of nearly everything finds nothing in particular
# How many letters may be wrong in a word of so many characters.
MISSPELT_BY = ((8, 2), (4, 1))
MISSPELT_FIELDS = ("name", "tags")
LIKE_TAG, LIKE_NAME, LIKE_CATEGORY = 3.0, 2.0, 1.0

Q = tantivy.Query


def matches(query: Query, filters: Filters) -> Q:
    """What a search finds under these filters, with the text's part of the score.

    Without words the text scores 1, so that what is left of the score is the item's own.
    """
    parts = [term("site", query.site_id), *filtered(filters)]
    if not query.words:
        return all_of([*parts, Q.const_score_query(Q.all_query(), 1.0)])
    share = 1 / len(query.words)
    found = all_of([*parts, *(_word(one, share) for one in query.words)])
    extras = _side_by_side([one.text for one in query.words])
    return Q.boolean_query(
        [(tantivy.Occur.Must, found), *((tantivy.Occur.Should, one) for one in extras)]
    )


def selected(query: Query, filters: Filters) -> Q:
    """The same items without scores, which are found in half the time: to be counted."""
    words = (any_of(_instead(one)) for one in query.words)
    return all_of([term("site", query.site_id), *filtered(filters), *words])


def _instead(word: Word) -> list[Q]:
    """All that would do for it."""
    texts = (word.text, *word.forms, *word.synonyms)
    found = [_plain(name, text) for name in FIELDS for text in texts]
    for name in FIELDS:
        found += _unfinished(word, name) + _misspelt(word, name)
    return found


def _word(word: Word, share: float) -> Q:
    """The best of all that would do."""
    found = []
    for name, points in FIELDS.items():
        found.append(_scored(_plain(name, word.text), points * ITSELF * share))
        found += [_scored(_plain(name, one), points * OTHER_FORM * share) for one in word.forms]
        found += [_scored(_plain(name, one), points * SYNONYM * share) for one in word.synonyms]
        found += [_scored(one, points * BEGINNING * share) for one in _unfinished(word, name)]
        found += [_scored(one, points * MISSPELT * share) for one in _misspelt(word, name)]
    return Q.disjunction_max_query(found)


def _unfinished(word: Word, name: str) -> list[Q]:
    if not word.is_prefix or len(word.text) < BEGINS_FROM:
        return []
    return [Q.fuzzy_term_query(SCHEMA, name, word.text, distance=0, prefix=True)]


def _misspelt(word: Word, name: str) -> list[Q]:
    letters = _letters(word.text)
    if not word.may_be_misspelt or name not in MISSPELT_FIELDS or not letters:
        return []
    return [Q.fuzzy_term_query(SCHEMA, name, word.text, distance=letters)]


def _letters(word: str) -> int:
    return next((letters for length, letters in MISSPELT_BY if len(word) >= length), 0)


def _side_by_side(words: Sequence[str]) -> list[Q]:
    title = Q.term_query(SCHEMA, "title", " ".join(words), "basic")
    found = [_scored(title, WHOLE_NAME)]
    if len(words) > 1:
        found.append(_scored(Q.phrase_query(SCHEMA, "name", list(words)), PHRASE))
    return found


def _plain(name: str, word: str) -> Q:
    return Q.term_query(SCHEMA, name, word, "basic")


def _scored(query: Q, points: float) -> Q:
    return Q.const_score_query(query, points)


def filtered(filters: Filters) -> list[Q]:
    found = [
        _any_value("value", [value_term(group, one) for one in values])
        for group, values in filters.values.items()
        if values
    ]
    found += [_within(name, bounds) for name, bounds in filters.ranges.items()]
    found += [term("tag", one) for one in filters.tags]
    if filters.category:
        found.append(term("category", filters.category))
    if filters.without_tags:
        found.append(_none_of("tag", filters.without_tags))
    return found


def _any_value(name: str, values: Iterable[str]) -> Q:
    return Q.const_score_query(Q.term_set_query(SCHEMA, name, list(values)), 0.0)


def _none_of(name: str, values: Iterable[str]) -> Q:
    everything = Q.const_score_query(Q.all_query(), 0.0)
    return Q.boolean_query(
        [
            (tantivy.Occur.Must, everything),
            (tantivy.Occur.MustNot, Q.term_set_query(SCHEMA, name, list(values))),
        ]
    )


def _within(name: str, bounds: Range) -> Q:
    """A column of items, or a number of an attribute."""
    if name not in COLUMNS:
        kind = tantivy.FieldType.Float
        between = Q.range_query(SCHEMA, number_field(name), kind, bounds.low, bounds.high)
        return _scored(between, 0.0)
    low = None if bounds.low is None else packed(_held(bounds.low), 0)
    high = None if bounds.high is None else packed(_held(bounds.high), ID_MASK)
    return _scored(Q.range_query(SCHEMA, name, tantivy.FieldType.Unsigned, low, high), 0.0)


def _held(value: float) -> int:
    """As much of it as a column can hold."""
    return min(max(0, int(value)), COLUMN_MOST)


def column_beyond(name: str, bound: int, *, rises: bool) -> Q:
    """Items behind a packed value, in a list that is read upwards or downwards."""
    low, high = (bound, None) if rises else (None, bound)
    query = Q.range_query(
        SCHEMA,
        name,
        tantivy.FieldType.Unsigned,
        low,
        high,
        include_lower=not rises,
        include_upper=rises,
    )
    return _scored(query, 0.0)


def by_author(site_id: int, words: Sequence[str]) -> Q:
    """Items of authors whose names have all of these words, the last one perhaps unfinished."""
    *whole, last = words
    begins = Q.fuzzy_term_query(SCHEMA, "author", last, distance=0, prefix=True)
    return all_of([term("site", site_id), *(_plain("author", one) for one in whole), begins])


def like(wanted: Likeness) -> Q:
    """Items of the same marketplace that share something with it, itself left out."""
    shared = [_scored(_plain("tag", one), LIKE_TAG) for one in wanted.tags]
    shared += [_scored(_plain("name", one), LIKE_NAME) for one in wanted.name]
    if not shared:
        return Q.empty_query()
    category = _scored(_plain("category", wanted.category), LIKE_CATEGORY)
    return Q.boolean_query(
        [
            (tantivy.Occur.Must, term("site", wanted.site_id)),
            (tantivy.Occur.Must, any_of(shared)),
            (tantivy.Occur.Should, category),
            (tantivy.Occur.MustNot, Q.term_query(SCHEMA, "id", wanted.item_id)),
        ]
    )


def unpacked(value: int) -> tuple[int, int]:
    """Value and item id of a column."""
    return value >> ID_BITS, value & ID_MASK
