"""Rows that are added and read, never changed or deleted.

The model refuses for programmers; for everybody else its table does, by triggers
(core.db.triggers) and by the grants of the application's user (core.db.grants).
"""

from typing import Any, NoReturn, TypeVar

from django.db import models

_Row = TypeVar("_Row", bound=models.Model)


class Immutable(TypeError):
    """What was booked stays booked: corrections are transfers of their own."""


class InsertOnlyQuerySet(models.QuerySet[_Row]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise Immutable(self.model.__name__)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Immutable(self.model.__name__)

    def update_or_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Immutable(self.model.__name__)

    def delete(self) -> NoReturn:
        raise Immutable(self.model.__name__)


class InsertOnly(models.Model):
    objects = InsertOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Immutable(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Immutable(type(self).__name__)
