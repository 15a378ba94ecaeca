"""What search is asked and what it answers, whichever engine does the work.

Items come back as ids: their rows are read from the database by primary key. Words are folded (see
`discovery.words`); what people typed never reaches an engine as a query language.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from market.discovery.selectors.lists import FIRST, Place
from market.tenancy.definitions.enums import Sort

# The columns that lists are sorted by, as ItemListing has them: cents, counts, the rating in
# hundredths, times in seconds since 1970 (UTC).
COLUMNS = ("price", "sales", "rating", "trending", "published", "updated")


class SearchAway(Exception):
    """There is no index on this host yet, or the engine does not answer."""


class IndexBusy(Exception):
    """Another process is writing this index; what is due is done by it, or at the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A folded word of a search, and what else may stand in its place."""

    text: str
    forms: tuple[str, ...] = ()  # its singular or plural
    synonyms: tuple[str, ...] = ()
    is_prefix: bool = False  # the word that is still being typed
    may_be_misspelt: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a number, both included; None is open."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What narrows a search. The groups all hold; of one group's values, any one will do."""

    category: str = ""  # a path; its parts are included
    values: Mapping[str, Collection[str]] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    tags: Collection[str] = ()  # an item has all of them
    without_tags: Collection[str] = ()  # and none of these


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is to be counted beside the matches.

    `groups` of values, `steps` by the rising lower bounds of a number. A group or number that is
    itself filtered by is counted as if it were not, so that its other values show what they hold.
    """

    categories: bool = False
    groups: Collection[str] = ()
    steps: Mapping[str, Sequence[float]] = field(default_factory=dict)
    tags: int = 0  # so many of the most frequent ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`sort` BEST_MATCH without words is by what sells and how new it is."""

    site_id: int
    words: Sequence[Word] = ()
    filters: Filters = Filters()
    sort: Sort = Sort.BEST_MATCH
    place: Place = FIRST
    size: int = 30
    counted: Counted = Counted()


@dataclass(frozen=True, slots=True)
class Parts:
    """Why an item is where it is: the factors of its score, see `relevance`."""

    text: float
    popularity: float
    freshness: float

    @property
    def score(self) -> float:
        return self.text * self.popularity * self.freshness


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Items by category path, by group and value, by number and lower bound, by tag.

    `is_about` where some numbers are estimates: of very many matches, from a sample.
    """

    categories: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    steps: Mapping[str, Mapping[float, int]] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    is_about: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`parts` are there when the sort is BEST_MATCH. Cursors are the engine's own."""

    ids: Sequence[int]
    total: int
    is_about: bool = False  # the total is an estimate, see Counts
    next_cursor: str | None = None
    previous_cursor: str | None = None
    parts: Mapping[int, Parts] = field(default_factory=dict)
    counts: Counts = Counts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An item on sale as an index holds it: words to find it by, columns to sort and filter by."""

    id: int
    site_id: int
    name: Sequence[str]  # folded words
    tag_words: Sequence[str]
    author_words: Sequence[str]
    summary: Sequence[str]
    author: str  # user name
    categories: Sequence[str]  # its path and those above it
    tags: Sequence[str]
    values: Mapping[str, Sequence[str]]  # group → values
    columns: Mapping[str, int]  # each of COLUMNS
    numbers: Mapping[str, float]  # attribute → value


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What others are looked for by: folded words and tags, and the path of its category."""

    item_id: int
    site_id: int
    name: Sequence[str]
    tags: Sequence[str]
    category: str


@dataclass(frozen=True, slots=True)
class Copy:
    """An index's files, as they were at a position; gone when its context ends."""

    folder: Path
    position: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of items up to a position of the change table; the same twice is harmless."""

    documents: Iterable[Document]
    gone: Collection[int]
    position: int


class Target(Protocol):
    """An index that is kept up: the one that answers, or one that is being built beside it."""

    def position(self) -> int | None:
        """How far the change table is contained; None where there is no index."""
        ...

    def index(self, changes: Changes) -> None:
        """All of it or nothing. Raises SearchAway, IndexBusy."""
        ...


class Build(Target, Protocol):
    """A new index that nobody reads yet. What was added survives a stop."""

    @property
    def after(self) -> int:
        """The last item that was added; 0 at the beginning."""
        ...

    def add(self, documents: Iterable[Document], *, after: int) -> None: ...

    def publish(self) -> None:
        """Let it answer in place of the old one, from one search to the next."""
        ...


class Engine(Target, Protocol):
    def is_available(self) -> bool: ...

    def search(self, query: Query) -> Result:
        """Raises SearchAway, and BadCursor for a place that is none."""
        ...

    def more_like(self, wanted: Likeness, *, size: int) -> Sequence[int]:
        """Other items of its marketplace that share tags or words, and category; best first."""
        ...

    def tags_beginning(self, *, site_id: int, text: str, size: int) -> Sequence[str]:
        """The most frequent tags of a marketplace that begin so."""
        ...

    def authors_beginning(self, *, site_id: int, text: str, size: int) -> Sequence[str]:
        """User names of authors with most items here of whose names a word begins so."""
        ...

    def stored(self, *, low: int, high: int) -> Mapping[int, Mapping[str, int]]:
        """The columns of all items with ids from `low` to before `high`."""
        ...

    @property
    def form(self) -> str:
        """Which copies fit: those that an engine of the same form made."""
        ...

    def copied(self) -> AbstractContextManager[Copy]:
        """Raises SearchAway where no index lies on this host, IndexBusy."""
        ...

    def adopt(self, fill: Callable[[Path], None]) -> None:
        """Let a copy answer, whose files `fill` puts into the folder that it is given.

        Raises SearchAway for what is none, IndexBusy.
        """
        ...

    def build(self, *, position: int, oldest: int) -> AbstractContextManager[Build]:
        """Begin a new index at a position, or go on with one that was begun at `oldest` or later.

        Raises SearchAway on a host that keeps none, IndexBusy.
        """
        ...
