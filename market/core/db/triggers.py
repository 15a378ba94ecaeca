"""Tables that refuse to be changed, whoever asks: migration operations for MySQL and SQLite.

MySQL writes no trigger while it keeps a binary log unless `log_bin_trust_function_creators` is on
(docs/operators). TRUNCATE fires no trigger; the application's user may not use it.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Trigger(Operation):
    """Refuse an UPDATE or DELETE of a model's rows, each one or `when` a condition holds.

    `when` speaks of NEW and OLD. Running it again replaces the trigger.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, event: str, message: str, when: str = "") -> None:
        self.model_name = model_name
        self.event = event
        self.message = message
        self.when = when

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models know nothing of it."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model: Any = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table = model._meta.db_table
        schema_editor.execute(self._drop(table), params=None)
        schema_editor.execute(self._create(table, schema_editor.connection.vendor), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model: Any = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(self._drop(model._meta.db_table), params=None)

    def describe(self) -> str:
        return f"Refuse {self.event} of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name}_refuse_{self.event}".lower()

    def _name(self, table: str) -> str:
        return f"{table}_refuse_{self.event}".lower()

    def _drop(self, table: str) -> str:
        return f"DROP TRIGGER IF EXISTS {self._name(table)}"

    def _create(self, table: str, vendor: str) -> str:
        head = f"CREATE TRIGGER {self._name(table)} BEFORE {self.event} ON {table}"
        if vendor == "sqlite":
            when = f" WHEN {self.when}" if self.when else ""
            return f"{head} FOR EACH ROW{when} BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        refuse = f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{self.message}'"
        body = f"IF {self.when} THEN {refuse}; END IF" if self.when else refuse
        return f"{head} FOR EACH ROW {body}"


def keep_rows(model_name: str) -> list[Operation]:
    """Rows of the model stay as they were written."""
    message = f"{model_name} rows are never changed or deleted"
    return [Trigger(model_name, event, message) for event in ("UPDATE", "DELETE")]
