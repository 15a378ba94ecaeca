"""The lock that makes migrations run one at a time, on a MariaDB of our own and on SQLite."""

import threading
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from market.core.addresses import database_settings
from market.core.db.locks import LockTaken, allow_long_statements, named_lock
from tests.core.private_mariadb import mariadb


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mariadb() as server:
        yield server.url


@pytest.fixture
def on_mysql(url, monkeypatch, django_db_blocker) -> Iterator[None]:
    filled = connections.configure_settings({"default": database_settings(url)})
    with django_db_blocker.unblock(), monkeypatch.context() as patch:
        patch.setitem(connections.settings, "default", filled["default"])
        mine = connections.create_connection("default")
        patch.setattr(connections._connections, "default", mine, raising=False)
        yield
        mine.close()


def test_only_one_at_a_time_holds_a_lock(on_mysql):
    with named_lock("migrate", wait_seconds=0):
        with pytest.raises(LockTaken), named_lock("migrate", wait_seconds=0):
            raise AssertionError("both hold it")
        with named_lock("another", wait_seconds=0):
            pass

    with named_lock("migrate", wait_seconds=0):
        pass


def test_a_waiting_process_gets_the_lock_when_it_is_given_back(on_mysql):
    order = []
    held = threading.Event()

    def hold():
        with named_lock("migrate", wait_seconds=0):
            held.set()
            order.append("first")

    first = threading.Thread(target=hold)
    first.start()
    held.wait(5)
    with named_lock("migrate", wait_seconds=10):
        order.append("second")
    first.join()

    assert order == ["first", "second"]


def test_a_long_migration_is_not_cut_off(on_mysql):
    with named_lock("migrate", wait_seconds=0):
        holder = connections["default"]
        with holder.cursor() as cursor:
            cursor.execute("SELECT IS_USED_LOCK('market:migrate')")
            assert cursor.fetchone()[0] is not None
    options = allow_long_statements(database_settings("mysql://u@h/db"))["OPTIONS"]
    assert options["read_timeout"] == 86400
    assert database_settings("mysql://u@h/db")["OPTIONS"]["read_timeout"] == 10


def test_a_second_migration_says_why_it_does_not_run(on_mysql):
    with named_lock("migrate", wait_seconds=0), pytest.raises(CommandError, match="Another"):
        call_command("migrate_once", wait=0)


def test_on_sqlite_a_file_is_the_lock(settings, tmp_path, monkeypatch):
    class Embedded:
        vendor = "sqlite"

    monkeypatch.setattr("market.core.db.locks.connections", {"default": Embedded})
    settings.DATA_DIR = tmp_path
    order = []

    def second():
        with named_lock("test", wait_seconds=0):
            order.append("second")

    with named_lock("test", wait_seconds=0):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join(5)

    assert order == ["first", "second"]
