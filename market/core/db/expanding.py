"""Which migrations may run while the previous release still serves.

A migration's docstring begins with `Expand` or `Contract`. Those that expand run before the first
host gets the release: what is there stays, under its name, and a row that the previous release
writes is still a whole row. Those that contract take away what only older releases used, and run
when somebody says so, after the last host.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import fields, models, special
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED

MAY_REFUSE = (
    "the running release may write rows that it refuses: do it in a migration that contracts"
)


@dataclass(frozen=True)
class Refusal:
    migration: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.what}: {self.why}"


@dataclass
class Fresh:
    """What the running release does not know, since this plan makes it. Names in lower case."""

    models: set[tuple[str, str]] = field(default_factory=set)
    columns: set[tuple[str, str, str]] = field(default_factory=set)

    def note(self, app: str, operation: Operation) -> None:
        if isinstance(operation, models.CreateModel):
            self.models.add((app, operation.name_lower))
        if isinstance(operation, fields.AddField):
            self.columns.add((app, operation.model_name_lower, operation.name_lower))


def pending_plan() -> list[Migration]:
    """What `migrate` would do now, in its order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration for migration, _ in plan]


def contracts(migration: Migration) -> bool:
    return (type(migration).__doc__ or "").lstrip().startswith("Contract")


def sentences(refused: Sequence[Refusal]) -> str:
    return "The running release would break:\n  " + "\n  ".join(str(one) for one in refused)


def refusals(plan: Sequence[Migration], state: ProjectState | None = None) -> list[Refusal]:
    """Why the running release, or a return to it, would not survive each migration of the plan.

    `state` is what is applied already; without it, this database's.
    """
    fresh = Fresh()
    now = state.clone() if state else _applied_state()
    found = []
    for migration in plan:
        app = migration.app_label
        for operation in migration.operations:
            why = _why_not(operation, app, now, fresh, contracting=contracts(migration))
            if why:
                name = f"{app}.{migration.name}"
                found.append(Refusal(name, operation.describe(), why))
            fresh.note(app, operation)
            operation.state_forwards(app, now)
    return found


def _applied_state() -> ProjectState:
    executor = MigrationExecutor(connection)
    applied = executor.loader.applied_migrations
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    for migration, _ in plan:
        if (migration.app_label, migration.name) in applied:
            migration.mutate_state(state, preserve=False)
    return state


def _why_not(
    operation: Operation, app: str, now: ProjectState, fresh: Fresh, *, contracting: bool
) -> str:
    """A reason, or nothing."""
    if (app, _model_of(operation)) in fresh.models:
        return ""
    why = _why_never(operation)
    if why or contracting:
        return why
    match operation:
        case fields.RemoveField() | models.DeleteModel():
            why = "the running release still uses it: do it in a migration that contracts"
        case fields.AddField():
            why = _why_not_added(operation.field)
        case fields.AlterField():
            old = now.models[app, operation.model_name_lower].fields[operation.name]
            why = _why_not_altered(old, operation.field)
        case models.AddConstraint():
            why = _why_not_constrained(operation, app, fresh)
        case models.AlterUniqueTogether() if operation.option_value:
            why = f"{MAY_REFUSE}; UniqueConstraint says it better"
    return why


def _why_never(operation: Operation) -> str:
    match operation:
        case fields.RenameField() | models.RenameModel() | models.AlterModelTable():
            return "one of the two releases misses the name that it knows: add, copy, then remove"
        case special.RunPython() if not operation.reversible:
            return "it has no way back: give it a reverse_code, be it RunPython.noop"
        case special.RunSQL():
            return "what it does cannot be judged: write an operation that says it"
        case _:
            return ""


def _model_of(operation: Operation) -> str:
    """The lower-case name of the model that is changed."""
    if isinstance(operation, fields.FieldOperation | models.IndexOperation):
        return operation.model_name_lower
    if isinstance(operation, models.ModelOperation):
        return operation.name_lower
    return ""


def _why_not_added(column: "Field[object, object]") -> str:
    if column.many_to_many or column.null or column.db_default is not NOT_PROVIDED:
        return ""
    return "the running release inserts rows without it: give it a db_default, or let it be null"


def _why_not_altered(old: "Field[object, object]", new: "Field[object, object]") -> str:
    if old.null and not new.null:
        return "the running release may write null: do it in a migration that contracts"
    if new.unique and not old.unique:
        return "the running release may write the same twice: do it in a migration that contracts"
    before, after = (_column_type(one) for one in (old, new))
    if before != after and not _is_longer_text(old, new):
        return f"{before} becomes {after}, by copying the table: add another column instead"
    return ""


def _column_type(column: "Field[object, object]") -> str:
    return str(column.db_parameters(connection)["type"])


def _is_longer_text(old: "Field[object, object]", new: "Field[object, object]") -> bool:
    """MySQL makes a varchar longer in place while its length still takes as many bytes."""
    lengths = old.max_length, new.max_length
    same_kind = old.get_internal_type() == new.get_internal_type() == "CharField"
    if not same_kind or lengths[0] is None or lengths[1] is None:
        return False
    return lengths[1] >= lengths[0] and (lengths[0] > 63) == (lengths[1] > 63)


def _why_not_constrained(operation: models.AddConstraint, app: str, fresh: Fresh) -> str:
    named = set(_columns_named(operation))
    known = (app, operation.model_name_lower)
    if any((*known, name.lower()) in fresh.columns for name in named):
        return ""  # rows of the running release leave that column as it is by default
    return MAY_REFUSE


def _columns_named(operation: models.AddConstraint) -> Iterator[str]:
    constraint = operation.constraint
    yield from getattr(constraint, "fields", ())
    condition = getattr(constraint, "condition", None)
    if condition is not None:
        for child in condition.flatten():
            if isinstance(child, tuple):
                yield child[0].split("__")[0]
