"""Writing an index. The state is a document of it: it changes with the rest, or not at all."""

import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from market.discovery.search.interface import Changes, Document, SearchAway
from market.discovery.search.tantivy_engine.folder import IndexFolder
from market.discovery.search.tantivy_engine.schema import (
    SCHEMA,
    STATE_SITE,
    read_state,
    state_document,
    tantivy_document,
    term,
)

CHANGES_HEAP_BYTES = 30_000_000
# Large segments need few merges. The thread that fills them writes one out when this is full.
BUILD_HEAP_BYTES = 768_000_000
# What a build that is killed has to do again at most; one that is stopped loses nothing.
COMMIT_SECONDS = 120.0
WAIT_SECONDS = 10.0


@contextmanager
def writer(path: Path, *, heap_bytes: int) -> Iterator[tantivy.IndexWriter]:
    """Committed at the end, together; nothing where the work inside fails. Raises SearchAway."""
    index_writer = _open_writer(path, heap_bytes)
    try:
        yield index_writer
    except BaseException:
        index_writer.rollback()
        raise
    index_writer.commit()
    index_writer.wait_merging_threads()


def _open_writer(path: Path, heap_bytes: int) -> tantivy.IndexWriter:
    try:
        return tantivy.Index.open(str(path)).writer(heap_bytes, num_threads=1)
    except ValueError as error:  # damaged, or not ours to write
        raise SearchAway(str(path)) from error


def put(
    index_writer: tantivy.IndexWriter, documents: Iterable[Document], gone: Collection[int]
) -> None:
    """Replace what is there of these items."""
    fresh = list(documents)
    ids = [*gone, *(one.id for one in fresh)]
    if ids:
        # By a query: the bindings look for numbers of another type when told a term.
        index_writer.delete_documents_by_query(tantivy.Query.term_set_query(SCHEMA, "id", ids))
    for one in fresh:
        index_writer.add_document(tantivy_document(one))


def put_state(index_writer: tantivy.IndexWriter, position: int, after: int) -> None:
    index_writer.delete_documents_by_query(term("site", STATE_SITE))
    index_writer.add_document(state_document(position, after))


def state_of(index: tantivy.Index) -> tuple[int, int]:
    """Position, and the last item that a build added. What was never written is at 0."""
    searcher = index.searcher()
    hits = searcher.search(term("site", STATE_SITE), 1).hits
    return read_state(searcher.doc(hits[0][1])) if hits else (0, 0)


class TantivyBuild:
    """A new index in the folder for it. Its caller holds the lock for building, and stops it.

    One writer for all of it: segments are merged while the next ones are filled.
    """

    def __init__(self, folder: IndexFolder, *, position: int, oldest: int) -> None:
        self._folder = folder
        self._position, self._after = position, 0
        if not self._goes_on(oldest):
            self._begin(position)
        self._writer: tantivy.IndexWriter | None = _open_writer(folder.building, BUILD_HEAP_BYTES)
        self._committed_at = time.monotonic()
        self._is_whole = True  # nothing was added by half

    def _goes_on(self, oldest: int) -> bool:
        path = str(self._folder.building)
        if not self._folder.building.is_dir() or not tantivy.Index.exists(path):
            return False
        self._position, self._after = state_of(tantivy.Index.open(path))
        return self._position >= oldest

    def _begin(self, position: int) -> None:
        self._position, self._after = position, 0
        shutil.rmtree(self._folder.building, ignore_errors=True)
        self._folder.building.mkdir(parents=True, exist_ok=True)
        tantivy.Index(SCHEMA, path=str(self._folder.building))
        with writer(self._folder.building, heap_bytes=CHANGES_HEAP_BYTES) as index_writer:
            put_state(index_writer, position, 0)

    @property
    def after(self) -> int:
        return self._after

    def position(self) -> int | None:
        return self._position

    def add(self, documents: Iterable[Document], *, after: int) -> None:
        """Of items behind `after`: nothing has to be replaced."""
        with self._writing(self._position, after) as index_writer:
            for one in documents:
                index_writer.add_document(tantivy_document(one))

    def index(self, changes: Changes) -> None:
        with self._writing(changes.position, self._after) as index_writer:
            put(index_writer, changes.documents, changes.gone)

    @contextmanager
    def _writing(self, position: int, after: int) -> Iterator[tantivy.IndexWriter]:
        if self._writer is None:
            raise SearchAway(str(self._folder.building))
        self._is_whole = False
        yield self._writer
        self._position, self._after, self._is_whole = position, after, True
        if time.monotonic() - self._committed_at >= COMMIT_SECONDS:
            self._commit(self._writer)

    def _commit(self, index_writer: tantivy.IndexWriter) -> None:
        put_state(index_writer, self._position, self._after)
        index_writer.commit()
        self._committed_at = time.monotonic()

    def stop(self) -> None:
        """Keep what was added whole. Once is enough."""
        if self._writer is None:
            return
        if self._is_whole:
            self._commit(self._writer)
        else:
            self._writer.rollback()
        self._writer.wait_merging_threads()
        self._writer = None

    def publish(self) -> None:
        self.stop()
        with self._folder.lock("write", wait_seconds=WAIT_SECONDS):
            self._folder.publish()
