"""Changes of big tables, on a MariaDB of our own: beside the traffic, or not at all."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connections

from market.core.addresses import database_settings
from market.core.db.mysql import schema
from market.core.db.mysql.schema import SMALL_ROWS, TableCopyRefused
from tests.core.private_mariadb import mariadb


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mariadb() as server:
        yield server.url


@pytest.fixture
def connection(url, django_db_blocker):
    settings = {"default": database_settings(url)}
    with django_db_blocker.unblock():
        made = connections.configure_settings(settings)["default"]
        mine = connections.create_connection("default")
        mine.settings_dict = made
        with mine.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS shelf")
            cursor.execute("CREATE TABLE shelf (id BIGINT AUTO_INCREMENT PRIMARY KEY, name INT)")
        yield mine
        mine.close()


def fill(connection, rows):
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO shelf (name) SELECT seq FROM seq_1_to_{rows}")


def change(connection, sql):
    with connection.schema_editor() as editor:
        editor.execute(sql)


def columns(connection):
    with connection.cursor() as cursor:
        cursor.execute("SHOW COLUMNS FROM shelf")
        return {row[0]: row[1] for row in cursor.fetchall()}


class Seen(list):
    """The statements that a connection ran."""

    def __call__(self, execute, sql, params, many, context):
        self.append(sql)
        return execute(sql, params, many, context)


def test_a_big_table_is_changed_at_once_and_says_so(connection):
    fill(connection, SMALL_ROWS)
    seen = Seen()

    with connection.execute_wrapper(seen):
        change(connection, "ALTER TABLE `shelf` ADD COLUMN `depth` integer NULL")

    assert seen[-1] == "ALTER TABLE `shelf` ADD COLUMN `depth` integer NULL, ALGORITHM=INSTANT"
    assert "depth" in columns(connection)


def test_an_index_is_made_beside_the_traffic(connection):
    fill(connection, SMALL_ROWS)
    seen = Seen()

    with connection.execute_wrapper(seen):
        change(connection, "CREATE INDEX `by_name` ON `shelf` (`name`)")
        change(connection, "ALTER TABLE `shelf` ADD INDEX `twice` (`name`)")

    assert "CREATE INDEX `by_name` ON `shelf` (`name`) ALGORITHM=INPLACE LOCK=NONE" in seen
    assert seen[-1].endswith("ALGORITHM=INPLACE, LOCK=NONE")


def test_a_change_that_would_copy_a_big_table_is_refused(connection):
    fill(connection, SMALL_ROWS)

    with pytest.raises(TableCopyRefused, match="shelf has more than 10000 rows"):
        change(connection, "ALTER TABLE `shelf` MODIFY `name` varchar(20) NULL")

    assert columns(connection)["name"].startswith("int")


def test_a_small_table_may_be_copied(connection):
    fill(connection, SMALL_ROWS - 1)

    change(connection, "ALTER TABLE `shelf` MODIFY `name` varchar(20) NULL")

    assert columns(connection)["name"] == "varchar(20)"


def test_a_change_gives_way_to_a_long_statement_and_comes_back(connection, monkeypatch):
    """It would stop all that come after it, were it to wait."""
    fill(connection, SMALL_ROWS)
    monkeypatch.setattr(schema, "WAIT_SECONDS", 1)
    reader = connection.copy()
    reader.inc_thread_sharing()  # the other thread ends it
    with reader.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT COUNT(*) FROM shelf")
    waits = []

    def others():
        """Somebody who comes while the change waits."""
        other = connection.copy()
        time.sleep(0.3)
        started = time.monotonic()
        with other.cursor() as cursor:
            cursor.execute("SELECT name FROM shelf LIMIT 1")
        waits.append(time.monotonic() - started)
        other.close()
        time.sleep(1.2)
        reader.close()

    thread = threading.Thread(target=others)
    thread.start()
    change(connection, "ALTER TABLE `shelf` ADD COLUMN `depth` integer NULL")
    thread.join()

    assert "depth" in columns(connection)
    assert waits[0] < 1.5
