"""Search goes away and comes back while people browse and search."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

HOST = "graphics.localhost"
PEOPLE = 6
ENOUGH = 30  # answers of each kind before what comes next
SECONDS = 60


class Crowd:
    """Each of them browses and searches in turn, until told to go."""

    def __init__(self, address: str, browsed: list[str]) -> None:
        self.address = urlsplit(address).netloc
        self.browsed = browsed
        self.said: dict[str, list[int]] = {"browsing": [], "searching": []}
        self._changed = threading.Condition()
        self._is_over = False

    def walk(self) -> None:
        while not self._is_over:
            for path in self.browsed:
                self._ask("browsing", path)
                self._ask("searching", "/search/?q=lantern")

    def _ask(self, kind: str, path: str) -> None:
        connection = http.client.HTTPConnection(self.address, timeout=20)
        connection.request("GET", path, headers={"Host": HOST})
        status = connection.getresponse().status
        connection.close()
        with self._changed:
            self.said[kind].append(status)
            self._changed.notify_all()

    def answers(self) -> dict[str, set[int]]:
        """Of the next `ENOUGH` questions of each kind; those in hand right now do not count."""
        with self._changed:
            start = {kind: len(said) + PEOPLE for kind, said in self.said.items()}
            assert self._changed.wait_for(
                lambda: all(len(self.said[kind]) >= at + ENOUGH for kind, at in start.items()),
                timeout=SECONDS,
            ), "they are not answered"
            return {kind: set(self.said[kind][at:]) for kind, at in start.items()}

    def go(self) -> None:
        self._is_over = True


@contextmanager
def people(crowd: Crowd) -> Iterator[None]:
    threads = [threading.Thread(target=crowd.walk) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        crowd.go()
        for thread in threads:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_browsing_goes_on_while_search_is_away_and_search_says_so(live_server, lantern, settings):
    folder = Path(settings.SEARCH_INDEX_URL.removeprefix("tantivy://"))
    (pointer,) = folder.glob("form-*/current")
    hidden = pointer.with_name("hidden")
    crowd = Crowd(
        live_server.url, ["/", "/category/icons/", f"/items/{lantern.slug}/{lantern.pk}/"]
    )

    with people(crowd):
        before = crowd.answers()
        pointer.rename(hidden)
        during = crowd.answers()
        hidden.rename(pointer)
        after = crowd.answers()

    assert during == {"browsing": {200}, "searching": {503}}
    assert before == after == {"browsing": {200}, "searching": {200}}
