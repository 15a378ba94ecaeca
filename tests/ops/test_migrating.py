"""migrate_once and check_migrations: expand now, contract when told."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.migrations import Migration

from market.ops.management.commands.migrate_once import last_before


def made(name, *needs):
    class Made(Migration):
        dependencies = [tuple(need.split(".")) for need in needs]

    app, _, rest = name.partition(".")
    return Made(rest, app)


def test_a_contraction_waits_and_its_app_stops_before_it():
    first, drop = made("items.0002", "items.0001"), made("items.0003", "items.0002")
    other = made("users.0002", "users.0001")

    assert last_before([first, drop, other], [drop]) == {"items": "0002", "users": "0002"}


def test_what_follows_a_waiting_contraction_needs_it_first():
    drop, after = made("items.0003", "items.0002"), made("users.0002", "items.0003")

    with pytest.raises(CommandError, match=r"users\.0002 expands what a waiting migration"):
        last_before([drop, after], [drop])


def test_nothing_waits_on_a_database_that_is_up_to_date(db):
    out = StringIO()

    call_command("check_migrations", stdout=out)

    assert out.getvalue() == "0 migrations wait; the running release survives all.\n"
