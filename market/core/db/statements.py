"""Queries that pages ask each time: built by the ORM once, and run from then on as they are.

To build a query takes Django five to twenty times as long as to send it and read the answer. What
differs from one run to the next is a `Given`; all else must be the same for ever.

    _versions = Statement(lambda: Version.objects.filter(item=Given("item")).order_by("-number"))
    _versions.rows(item=7)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models.expressions import Expression
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

T = TypeVar("T")
Row = Sequence[Any]
Read = Callable[[Iterable[Row]], list[Any]]


class Given(Expression):
    """A value that is named when the statement runs: `filter(pk=Given("item"))`.

    `field` says how it is sent, where that is not as it is: `Given("now", DateTimeField())`.
    """

    def __init__(self, name: str, field: "models.Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=field or models.BigIntegerField())
        self.name = name

    @classmethod
    def several(cls, name: str, count: int) -> list[Any]:
        """For `in`, whose types know values alone: so many places of one list. See `padded`."""
        return [cls(f"{name}{place}") for place in range(count)]

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list["Given"]]:  # type: ignore[override]  # Given itself stands for what comes
        return "%s", [self]


def padded(name: str, values: Sequence[object], count: int) -> dict[str, object]:
    """Values for `Given.several`; the last is repeated where they are fewer. Not for none."""
    filled = [*values, *[values[-1]] * (count - len(values))]
    return {f"{name}{place}": value for place, value in enumerate(filled)}


class Statement(Generic[T]):
    """`build` returns the queryset: of rows of a model, or of tuples (`values_list`)."""

    def __init__(self, build: Callable[[], "models.QuerySet[Any, T]"]) -> None:
        self._build = build
        self._built: dict[str, _Built] = {}
        self._building = Lock()

    def rows(self, **given: object) -> list[T]:
        """One query, on the database that the router names for this moment."""
        alias = self._queryset().db
        built = self._built.get(alias) or self._build_once(alias)
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(built.sql, [_sent(one, given, connection) for one in built.params])
            found: Iterable[Row] = cursor.fetchall()
        if built.converters:
            found = built.compiler.apply_converters(found, built.converters)
        return built.read(found)

    def first(self, **given: object) -> T | None:
        return next(iter(self.rows(**given)), None)

    def _build_once(self, alias: str) -> "_Built":
        """By one thread, of a queryset of its own: Django changes a query while it compiles it."""
        with self._building:
            if alias not in self._built:
                self._built[alias] = _built(self._build(), alias)
            return self._built[alias]

    def _queryset(self) -> "models.QuerySet[Any, T]":
        """Never evaluated; it is asked for the database, anew each time."""
        if not hasattr(self, "_kept"):
            self._kept = self._build()
        return self._kept


@dataclass(frozen=True, slots=True)
class _Built:
    sql: str
    params: Sequence[object]
    compiler: SQLCompiler
    converters: Any
    read: Read


def _built(query: "models.QuerySet[Any, Any]", alias: str) -> _Built:
    compiler = query.query.get_compiler(using=alias)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([one[0] for one in compiler.select])
    read = _READERS[query._iterable_class](compiler, alias)
    return _Built(sql, params, compiler, converters, read)


def _sent(param: object, given: dict[str, object], connection: Any) -> Any:
    """Raises KeyError for a value that was not named."""
    if not isinstance(param, Given):
        return param
    return param.output_field.get_db_prep_value(given[param.name], connection)


def _reader_of_models(compiler: SQLCompiler, alias: str) -> Read:
    """As Django's own ModelIterable makes them, with annotations and what they refer to."""
    assert compiler.klass_info is not None  # noqa: S101  # for the type: only tuples have none
    model: type[models.Model] = compiler.klass_info["model"]
    places = compiler.klass_info["select_fields"]
    start, end = places[0], places[-1] + 1
    names = [one[0].target.attname for one in compiler.select[start:end]]
    related = get_related_populators(compiler.klass_info, compiler.select, alias)  # type: ignore[call-arg]  # the stubs know a later Django
    annotated = list((compiler.annotation_col_map or {}).items())

    def read(rows: Iterable[Row]) -> list[models.Model]:
        found = []
        for row in rows:
            one = model.from_db(alias, names, row[start:end])
            for populator in related:
                populator.populate(row, one)
            for name, place in annotated:
                setattr(one, name, row[place])
            found.append(one)
        return found

    return read


def _reader_of_tuples(compiler: SQLCompiler, alias: str) -> Read:
    return lambda rows: [tuple(row) for row in rows]


_READERS: dict[type, Callable[[SQLCompiler, str], Read]] = {
    ModelIterable: _reader_of_models,
    ValuesListIterable: _reader_of_tuples,
}
