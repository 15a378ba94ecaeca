"""The embedded engine."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import tantivy

from market.core.pagination import BadCursor, decode_cursor, encode_cursor
from market.discovery.search.interface import (
    COLUMNS,
    Build,
    Changes,
    Copy,
    Likeness,
    Query,
    Result,
    SearchAway,
)
from market.discovery.search.tantivy_engine.counting import Counting
from market.discovery.search.tantivy_engine.folder import IndexFolder
from market.discovery.search.tantivy_engine.large import best, likest, selection_of
from market.discovery.search.tantivy_engine.queries import (
    by_author,
    column_beyond,
    selected,
    unpacked,
)
from market.discovery.search.tantivy_engine.schema import NAME, SCHEMA, all_of, parts_of, term
from market.discovery.search.tantivy_engine.writing import (
    CHANGES_HEAP_BYTES,
    WAIT_SECONDS,
    TantivyBuild,
    put,
    put_state,
    state_of,
    writer,
)
from market.discovery.selectors.lists import FIRST, Place
from market.tenancy.definitions.enums import Sort

# Behind this place in “best match” nobody looks for a match; other sorts have no end.
DEEPEST = 10_000
ORDERS: Mapping[Sort, tuple[str, bool]] = {  # column, whether it rises
    Sort.BEST_SELLERS: ("sales", False),
    Sort.NEWEST: ("published", False),
    Sort.BEST_RATED: ("rating", False),
    Sort.TRENDING: ("trending", False),
    Sort.RECENTLY_UPDATED: ("updated", False),
    Sort.PRICE_LOW: ("price", True),
    Sort.PRICE_HIGH: ("price", False),
}


class TantivyEngine:
    def __init__(self, folder: Path) -> None:
        self._folder = IndexFolder(folder)
        self._open: tuple[Path, tantivy.Index] | None = None
        self._seen = 0  # when the open index was changed last, in nanoseconds

    def is_available(self) -> bool:
        return self.position() is not None

    def position(self) -> int | None:
        try:
            return state_of(self._index())[0]
        except SearchAway:
            return None

    def search(self, query: Query) -> Result:
        searcher = self._index().searcher()
        if query.sort is Sort.BEST_MATCH:
            return _by_score(searcher, query)
        return _by_column(searcher, query)

    def more_like(self, wanted: Likeness, *, size: int) -> Sequence[int]:
        searcher = self._index().searcher()
        hits = likest(searcher, wanted, size=size)
        return [int(one) for one in _column(searcher, "id", hits)]

    def tags_beginning(self, *, site_id: int, text: str, size: int) -> Sequence[str]:
        searcher = self._index().searcher()
        found = searcher.terms_with_prefix(
            "tag", text, filter_query=term("site", site_id), limit=size
        )
        return [tag for tag, _items in found]

    def authors_beginning(self, *, site_id: int, text: str, size: int) -> Sequence[str]:
        asked = {"author": {"terms": {"field": "username", "size": size}}}
        found = self._index().searcher().aggregate(by_author(site_id, text.split()), asked)
        return [one["key"] for one in found["author"]["buckets"]]

    def stored(self, *, low: int, high: int) -> Mapping[int, Mapping[str, int]]:
        searcher = self._index().searcher()
        wanted = tantivy.Query.range_query(
            SCHEMA, "id", tantivy.FieldType.Unsigned, low, high, include_upper=False
        )
        hits = searcher.search(wanted, high - low, count=False).hits
        columns = {name: _column(searcher, name, hits) for name in COLUMNS}
        return {
            int(item_id): {name: unpacked(int(columns[name][at]))[0] for name in COLUMNS}
            for at, item_id in enumerate(_column(searcher, "id", hits))
        }

    def index(self, changes: Changes) -> None:
        with self._folder.lock("write", wait_seconds=WAIT_SECONDS):
            # Looked for inside the lock: a build may just have been published.
            path = self._folder.current()
            if path is None:
                raise SearchAway
            known, after = state_of(tantivy.Index.open(str(path)))
            if known >= changes.position:
                return  # another process was faster; what it wrote may be newer
            with writer(path, heap_bytes=CHANGES_HEAP_BYTES) as index_writer:
                put(index_writer, changes.documents, changes.gone)
                put_state(index_writer, changes.position, after)

    @property
    def form(self) -> str:
        return NAME

    @contextmanager
    def copied(self) -> Iterator[Copy]:
        with self._folder.lock("copy", wait_seconds=0):
            folder = self._folder.empty("copy")
            try:
                with self._folder.lock("write", wait_seconds=WAIT_SECONDS):
                    self._link_into(folder)
                yield Copy(folder, state_of(tantivy.Index.open(str(folder)))[0])
            finally:
                shutil.rmtree(folder)

    def _link_into(self, folder: Path) -> None:
        """Files of an index are replaced, never changed: a link keeps one as it is."""
        path = self._folder.current()
        if path is None:
            raise SearchAway
        for file in path.iterdir():
            if file.suffix != ".lock":
                (folder / file.name).hardlink_to(file)

    def adopt(self, fill: Callable[[Path], None]) -> None:
        with self._folder.lock("build", wait_seconds=0):
            folder = self._folder.empty("building")
            fill(folder)
            try:
                state_of(tantivy.Index.open(str(folder)))
            except ValueError as error:
                raise SearchAway(str(folder)) from error
            with self._folder.lock("write", wait_seconds=WAIT_SECONDS):
                self._folder.publish()

    @contextmanager
    def build(self, *, position: int, oldest: int) -> Iterator[Build]:
        with self._folder.lock("build", wait_seconds=0):
            build = TantivyBuild(self._folder, position=position, oldest=oldest)
            try:
                yield build
            finally:
                build.stop()

    def _index(self) -> tantivy.Index:
        """The index that answers now, as it is now. Raises SearchAway."""
        path = self._folder.current()
        if path is None:
            raise SearchAway
        try:
            changed = (path / "meta.json").stat().st_mtime_ns
            if self._open is None or self._open[0] != path:
                index = tantivy.Index.open(str(path))
                # No thread that watches the folder: each search looks.
                index.config_reader("manual")
                index.reload()
                self._open, self._seen = (path, index), changed
            elif changed != self._seen:
                self._open[1].reload()
                self._seen = changed
        except (ValueError, OSError) as error:  # damaged, or removed by hand
            raise SearchAway(str(path)) from error
        return self._open[1]


Hits = Sequence[tuple[object, tantivy.DocAddress]]


def _column(searcher: tantivy.Searcher, name: str, hits: Hits) -> Sequence[int | float]:
    found = searcher.fast_field_values(name, [address for _score, address in hits])
    return [one if one is not None else 0 for one in found]


def _by_score(searcher: tantivy.Searcher, query: Query) -> Result:
    offset = _offset(query.place)
    selection = selection_of(searcher, selected(query, query.filters))
    found = best(searcher, query, selection=selection, size=query.size + 1, offset=offset)
    hits = found[: query.size]
    ids = [int(one) for one in _column(searcher, "id", hits)]
    weights, sales = _column(searcher, "weight", hits), _column(searcher, "sales", hits)
    more = len(found) > query.size and offset + query.size < DEEPEST
    return Result(
        ids=ids,
        total=selection.total,
        is_about=selection.is_about,
        next_cursor=encode_cursor(offset + query.size) if more else None,
        previous_cursor=encode_cursor(max(0, offset - query.size)) if offset else None,
        parts={
            item_id: parts_of(hits[at][0], float(weights[at]), unpacked(int(sales[at]))[0])
            for at, item_id in enumerate(ids)
        },
        counts=Counting(searcher, query, selection).counts(),
    )


def _offset(place: Place) -> int:
    cursor = place.after or place.before
    offset = int(decode_cursor(cursor, int)[0]) if cursor else 0
    if not 0 <= offset < DEEPEST:
        raise BadCursor(cursor)
    return offset


def _by_column(searcher: tantivy.Searcher, query: Query) -> Result:
    column, rises = ORDERS[query.sort]
    everything, place = selected(query, query.filters), query.place
    is_backwards = bool(place.before)
    upwards = rises is not is_backwards
    cursor = place.before or place.after
    wanted = everything
    if cursor:
        wanted = all_of([everything, column_beyond(column, _bound(cursor), rises=upwards)])
    order = tantivy.Order.Asc if upwards else tantivy.Order.Desc
    hits = searcher.search(
        wanted, query.size + 1, count=False, order_by_field=column, order=order
    ).hits
    values = [int(value) for value, _address in hits]
    shown, has_more = values[: query.size], len(values) > query.size
    if is_backwards and not has_more and len(shown) < query.size:
        # Less than a page lies before: what is new meanwhile moved it. This is the first page.
        return _by_column(searcher, replace(query, place=FIRST))
    if is_backwards:
        shown.reverse()
    selection = selection_of(searcher, everything)
    has_next, has_previous = (True, has_more) if is_backwards else (has_more, bool(place.after))
    return Result(
        ids=[unpacked(one)[1] for one in shown],
        total=selection.total,
        is_about=selection.is_about,
        next_cursor=encode_cursor(shown[-1]) if shown and has_next else None,
        previous_cursor=encode_cursor(shown[0]) if shown and has_previous else None,
        counts=Counting(searcher, query, selection).counts(),
    )


def _bound(cursor: str) -> int:
    bound = int(decode_cursor(cursor, int)[0])
    if not 0 <= bound < 2**63:
        raise BadCursor(cursor)
    return bound
