"""A host that keeps no index: a worker that only mails, say."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from market.discovery.search.interface import (
    Build,
    Changes,
    Copy,
    Likeness,
    Query,
    Result,
    SearchAway,
)


class Off:
    def is_available(self) -> bool:
        return False

    def position(self) -> int | None:
        return None

    def search(self, query: Query) -> Result:
        raise SearchAway

    def more_like(self, wanted: Likeness, *, size: int) -> Sequence[int]:
        raise SearchAway

    def tags_beginning(self, *, site_id: int, text: str, size: int) -> Sequence[str]:
        raise SearchAway

    def authors_beginning(self, *, site_id: int, text: str, size: int) -> Sequence[str]:
        raise SearchAway

    def stored(self, *, low: int, high: int) -> Mapping[int, Mapping[str, int]]:
        raise SearchAway

    def index(self, changes: Changes) -> None:
        raise SearchAway

    @property
    def form(self) -> str:
        return ""

    def copied(self) -> AbstractContextManager[Copy]:
        raise SearchAway

    def adopt(self, fill: Callable[[Path], None]) -> None:
        raise SearchAway

    def build(self, *, position: int, oldest: int) -> AbstractContextManager[Build]:
        raise SearchAway
