"""Migrations run beside the previous release and one after the other."""

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import DeleteModel, RemoveField
from django_migration_linter import MigrationLinter

from market.core.db.expanding import contracts


def test_each_app_has_one_line_of_migrations():
    graph = MigrationLoader(None).graph
    ours = [key for key, made in graph.nodes.items() if type(made).__module__.startswith("market.")]
    forks = {
        key
        for key in ours
        if sum(child.key[0] == key[0] for child in graph.node_map[key].children) > 1
    }

    assert not forks, "two migrations follow the same one: rebase the later (rename, new parent)"


def test_migrations_are_backward_compatible(db, capsys):
    linter = MigrationLinter(
        include_apps=[
            app.label for app in apps.get_app_configs() if app.name.startswith("market.")
        ],
        analyser_string=connection.vendor,
        no_cache=True,
        ignore_initial_migrations=True,
    )

    linter.lint_all_migrations()

    assert not linter.has_errors, capsys.readouterr().out


def test_each_migration_says_whether_it_takes_something_away():
    """What takes away without saying so would run before the last host has the new release."""
    graph = MigrationLoader(None).graph
    for (app, name), made in graph.nodes.items():
        if not type(made).__module__.startswith("market."):
            continue
        takes = any(isinstance(one, RemoveField | DeleteModel) for one in made.operations)
        assert not takes or contracts(made), f"{app}.{name}: begin its docstring with Contract"
