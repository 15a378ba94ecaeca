"""The application's database user, on a real server: it adds to the ledger and changes nothing."""

from collections.abc import Iterator
from secrets import token_hex

import pytest
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection, connections

from market.core.db.grants import changing_tables, insert_only_tables
from market.payments.models import Line, Transfer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite knows no users"),
]
ACCOUNT = "market_grant_test@%"
USER = "'market_grant_test'@'%'"
REFUSED = (OperationalError, ProgrammingError)


def run(statement: str) -> None:
    """On a connection of its own: such statements commit what is open."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute(statement)
    finally:
        other.close()


@pytest.fixture
def app_user() -> Iterator[object]:
    """A connection as the application's user, who had too many rights before."""
    password = token_hex(16)
    run(f"DROP USER IF EXISTS {USER}")
    run(f"CREATE USER {USER} IDENTIFIED BY '{password}'")
    schema = connection.settings_dict["NAME"]
    run(f"GRANT ALL ON `{schema}`.* TO {USER}")
    run(f"GRANT UPDATE ON `{schema}`.payments_line TO {USER}")
    call_command("grant_app_user", ACCOUNT)
    other = connections.create_connection("default")
    other.settings_dict = other.settings_dict | {
        "USER": "market_grant_test",
        "PASSWORD": password,
    }
    other.set_autocommit(False)
    yield other
    other.rollback()
    other.close()
    run(f"DROP USER {USER}")


@pytest.mark.parametrize("table", ["payments_transfer", "payments_line", "payments_document"])
def test_it_can_neither_change_nor_delete_what_is_kept(app_user, table):
    for statement in (
        f"UPDATE {table} SET id = id",
        f"DELETE FROM {table}",
        f"TRUNCATE TABLE {table}",
        f"ALTER TABLE {table} ADD COLUMN x int",
        f"DROP TRIGGER {table}_refuse_update",
    ):
        with pytest.raises(REFUSED) as refused, app_user.cursor() as cursor:
            cursor.execute(statement)
        assert "denied" in str(refused.value)


def test_it_adds_to_the_ledger_and_changes_everything_else(app_user):
    with app_user.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_transfer (source, kind, created_at)"
            " VALUES ('grant:1', 'sale', NOW())"
        )
        cursor.execute("SELECT COUNT(*) FROM payments_transfer WHERE source = 'grant:1'")
        assert cursor.fetchone() == (1,)
        cursor.execute("UPDATE payments_balance SET lifetime_cents = lifetime_cents")
        cursor.execute("DELETE FROM purchases_cartline WHERE id = 0")


def test_each_table_of_rows_that_stay_is_on_the_list():
    kept = insert_only_tables()

    assert {Line._meta.db_table, Transfer._meta.db_table} <= kept
    assert not kept & set(changing_tables())
    assert "purchases_orderevent" in kept
    assert "django_session" in changing_tables()


@pytest.mark.parametrize("account", ["app", "a'b@%", "app@%' WITH GRANT OPTION", "@%"])
def test_only_names_of_accounts_are_taken(account):
    with pytest.raises(ValueError, match="not an account"):
        call_command("grant_app_user", account)
