"""Addresses of lists."""

from dataclasses import dataclass
from urllib.parse import urlencode

from market.core.paths import path_to
from market.discovery.facets.chosen import Selection
from market.discovery.selectors.lists import FIRST, Place

NOTHING_CHOSEN = Selection()


@dataclass(frozen=True, slots=True)
class ListAddress:
    """`sort` is empty for the site's own; `category` is a path, empty for everywhere.

    With an `author` (a user name) it is that author's page, which knows neither words nor category.
    A `selection` makes it a search, also without words.
    """

    words: str = ""
    category: str = ""
    author: str = ""
    sort: str = ""
    place: Place = FIRST
    selection: Selection = NOTHING_CHOSEN

    @property
    def is_search(self) -> bool:
        """Whether the engine answers; lists are read from the database."""
        return bool(self.words or self.selection)

    @property
    def path(self) -> str:
        if self.author:
            return path_to("discovery:author", username=self.author)
        if self.is_search or not self.category:
            return path_to("discovery:search")
        return path_to("discovery:category", path=self.category)

    def around_choice(self) -> tuple[str, str]:
        """Of a list that is no search: what stands before and behind a first choice's own query."""
        before = urlencode([("category", self.category)]) + "&" if self.category else ""
        after = "&" + urlencode([("sort", self.sort)]) if self.sort else ""
        return f"{path_to('discovery:search')}?{before}", after

    def __str__(self) -> str:
        asked = [
            ("q", self.words),
            ("category", self.category if self.is_search else ""),
            *self.selection.pairs(),
            ("sort", self.sort),
            ("after", self.place.after),
            ("before", self.place.before),
        ]
        query = urlencode([(name, value) for name, value in asked if value])
        return f"{self.path}?{query}" if query else self.path
