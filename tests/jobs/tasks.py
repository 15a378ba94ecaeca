"""Tasks that leave their traces in files, where other processes' tests can see them."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from django.db import transaction
from django_tasks import task
from django_tasks.base import TaskContext


@task()
def note(path: str, word: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{word}\n")


@task(queue_name="mail")
def note_mail(path: str, word: str) -> None:
    note.call(path, word)


@task(max_attempts=3)
def break_down() -> None:
    raise RuntimeError("out of paper: \udcff")  # a broken file name, say


@task()
def leave() -> None:
    raise SystemExit(3)


@task(deadline_seconds=30)
def start_and_wait(path: str, until: str) -> None:
    """Notes when it starts, waits for the file `until`, then notes that it ended."""
    note.call(path, "started")
    while not Path(until).exists():
        time.sleep(0.02)
    note.call(path, "ended")


@task()
def kill_own_process(path: str) -> None:
    note.call(path, "killed")
    os.kill(os.getpid(), signal.SIGKILL)


@task(deadline_seconds=1)
def dawdle() -> None:
    with suppress(Exception):  # as careless tasks do
        time.sleep(20)


@task(deadline_seconds=1)
def dawdle_in_transaction() -> None:
    """As if the deadline struck before Django knew that the transaction is over."""
    transaction.atomic().__enter__()
    note_mail.enqueue("none", "none")
    time.sleep(20)


@task(takes_context=True)
def note_attempt(context: TaskContext, path: str) -> None:
    note.call(path, f"attempt {context.attempt}")
