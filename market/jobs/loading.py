from typing import Any

from django.utils.module_loading import import_string
from django_tasks.base import Task


class UnknownTask(Exception):
    """A job of another release: here is no such task, or it takes other arguments."""


def find_task(path: str) -> Task[..., Any]:
    """Raises UnknownTask."""
    try:
        found = import_string(path)
    except ImportError as error:
        raise UnknownTask(f"{path}: {error}") from error
    if not isinstance(found, Task):
        raise UnknownTask(f"{path} is not a task")
    return found
