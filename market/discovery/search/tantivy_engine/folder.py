"""Where the index lies on this host, and which process may write there.

FOLDER/form-…/current        name of the generation that answers
FOLDER/form-…/g…/            a generation: one index of tantivy
FOLDER/form-…/building/      the next one, until it is published
"""

import fcntl
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from market.discovery.search.interface import IndexBusy
from market.discovery.search.tantivy_engine.schema import NAME

PAUSE_SECONDS = 0.05
# An index of another form that nothing was written to for so long is no running release's.
UNUSED_SECONDS = 86400.0


class IndexFolder:
    def __init__(self, root: Path) -> None:
        self.root = root / NAME
        self.building = self.root / "building"
        self._pointer = self.root / "current"

    def current(self) -> Path | None:
        """The generation that answers; None while there is none that could be read."""
        try:
            return self.root / self._pointer.read_text().strip()
        except OSError:
            return None

    def empty(self, name: str) -> Path:
        """A folder of that name beside the generations, without what a killed process left there.

        Its caller holds the lock for it.
        """
        folder = self.root / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def publish(self) -> None:
        """Make what was built the one that answers, and remove the others.

        Readers that still have an old one open keep it until their next search: the files of an
        open index outlive their names.
        """
        name = f"g{time.time_ns()}-{secrets.token_hex(3)}"
        self.building.rename(self.root / name)
        fresh = self.root / f".{name}"
        fresh.write_text(name)
        fresh.replace(self._pointer)
        for old in self.root.glob("g*"):
            if old.name != name:
                shutil.rmtree(old)
        self._forget_old_forms()

    def _forget_old_forms(self) -> None:
        """Keep the form before this one: two releases may run, or the older one come back."""
        others = [one for one in self.root.parent.glob("form-*") if one != self.root]
        for old in sorted(others, key=_written_at)[:-1]:
            if time.time() - _written_at(old) > UNUSED_SECONDS:
                shutil.rmtree(old, ignore_errors=True)

    @contextmanager
    def lock(self, name: str, *, wait_seconds: float) -> Iterator[None]:
        """One process of this host at a time. Raises IndexBusy."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f"{name}.lock").open("w") as file:
            deadline = time.monotonic() + wait_seconds
            while not _try_lock(file.fileno()):
                if time.monotonic() > deadline:
                    raise IndexBusy(name)
                time.sleep(PAUSE_SECONDS)
            yield


def _written_at(form: Path) -> float:
    """When any index of this form, also one that is being built, was changed last."""
    written = (file.stat().st_mtime for file in form.glob("*/meta.json"))
    return max(written, default=form.stat().st_mtime)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
