"""A failover as the application sees it, on a server of our own that is demoted and killed."""

from collections.abc import Iterator

import pytest
from django.db import (
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    connections,
    transaction,
)

from market.core.addresses import database_settings
from market.core.db.errors import error_number
from market.core.db.mysql.base import DatabaseWrapper
from tests.core.private_mariadb import Server, mariadb

INSERT = "INSERT INTO notes (word) VALUES ('written')"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with mariadb() as server:
        server.run(
            "CREATE TABLE shelves.notes (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(9))"
        )
        yield server


@pytest.fixture
def server(running: Server, django_db_blocker) -> Iterator[Server]:
    if running.process is None:
        running.start()
    running.run("SET GLOBAL read_only=0", "DELETE FROM shelves.notes")
    with django_db_blocker.unblock():  # the guard is for the suite's database, not for this one
        yield running


@pytest.fixture
def writer(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseWrapper]:
    """What `connections["default"]` is in production, on the private server."""
    connection = make_wrapper(server, "default")
    monkeypatch.setattr(connections._connections, "default", connection, raising=False)
    yield connection
    connection.in_atomic_block = False
    connection.close()


def make_wrapper(server: Server, alias: str) -> DatabaseWrapper:
    filled = connections.configure_settings({"default": database_settings(server.url)})
    return DatabaseWrapper(filled["default"], alias)


def begin_request(connection: DatabaseWrapper) -> None:
    """What Django does to each connection when a request starts."""
    connection.close_if_unusable_or_obsolete()


def run(connection: DatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows(connection: DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM notes")
        return int(cursor.fetchone()[0])


def session(connection: DatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        return int(cursor.fetchone()[0])


def refused(connection: DatabaseWrapper, statement: str = INSERT) -> int | None:
    with pytest.raises(OperationalError) as refusal:
        run(connection, statement)
    return error_number(refusal.value)


def test_a_connection_to_a_demoted_writer_is_dropped_by_the_failing_write(writer, server):
    first = session(writer)
    server.run("SET GLOBAL read_only=1")

    assert refused(writer) == 1290

    assert writer.connection is None
    assert session(writer) != first


def test_while_there_is_no_writer_reads_go_on_and_writes_fail_at_once(writer, server):
    run(writer, INSERT)
    server.run("SET GLOBAL read_only=1")

    for _ in range(3):
        begin_request(writer)
        assert rows(writer) == 1
        assert refused(writer) == 1290


def test_writes_work_again_within_the_request_after_the_promotion(writer, server):
    server.run("SET GLOBAL read_only=1")
    refused(writer)
    server.run("SET GLOBAL read_only=0")

    begin_request(writer)
    run(writer, INSERT)

    assert rows(writer) == 1


def test_an_idle_connection_to_a_demoted_writer_is_dropped_by_the_next_request(writer, server):
    first = session(writer)
    server.run("SET GLOBAL read_only=1")

    begin_request(writer)

    assert session(writer) != first


def test_a_reader_is_no_worse_for_being_read_only(server):
    reader = make_wrapper(server, "reader")
    server.run("SET GLOBAL read_only=1")
    first = session(reader)

    begin_request(reader)

    assert session(reader) == first
    reader.close()


def test_a_healthy_connection_is_kept(writer):
    first = session(writer)

    begin_request(writer)

    assert session(writer) == first


def test_a_transaction_on_a_demoted_writer_rolls_back_and_drops_the_connection(writer, server):
    def demoted_meanwhile():
        session(writer)
        server.run("SET GLOBAL read_only=1")
        run(writer, INSERT)

    with pytest.raises(OperationalError) as refusal:
        transaction.atomic(demoted_meanwhile)()

    assert error_number(refusal.value) == 1290
    assert writer.connection is None
    server.run("SET GLOBAL read_only=0")
    with transaction.atomic():  # the same request may try the whole transaction again
        run(writer, INSERT)
    assert rows(writer) == 1


def test_a_demotion_noticed_at_commit_drops_the_connection_and_runs_no_hook(writer, server):
    called = []

    def demoted_at_the_end():
        run(writer, INSERT)
        transaction.on_commit(lambda: called.append("hook"))
        server.run("SET GLOBAL read_only=1")

    with pytest.raises(OperationalError) as refusal:
        transaction.atomic(demoted_at_the_end)()

    assert error_number(refusal.value) == 1290
    assert writer.connection is None
    server.run("SET GLOBAL read_only=0")
    assert rows(writer) == 0
    assert called == []


def test_a_swallowed_refusal_leaves_the_transaction_open_until_its_end(writer, server):
    """Dropping at once would end the block silently, as if it had been committed."""
    called = []

    with transaction.atomic():
        session(writer)
        server.run("SET GLOBAL read_only=1")
        refused(writer)
        assert writer.connection is not None
        transaction.on_commit(lambda: called.append("hook"))

    assert called == ["hook"]
    assert writer.connection is None


def test_after_the_server_was_killed_the_next_request_works(writer, server):
    run(writer, INSERT)
    server.kill()
    with pytest.raises(OperationalError):
        rows(writer)
    server.start()

    begin_request(writer)

    assert rows(writer) == 1


def test_an_idle_connection_survives_a_restart_of_the_server_unnoticed(writer, server):
    session(writer)
    server.kill()
    server.start()

    begin_request(writer)

    assert rows(writer) == 0


def test_a_server_killed_inside_a_transaction_shows_the_first_error(writer, server):
    """Not the 2002 of a new connection attempt while the block is left: that would hide it."""

    def killed_between():
        run(writer, INSERT)
        server.kill()
        run(writer, INSERT)

    with pytest.raises(OperationalError) as refusal:
        transaction.atomic(killed_between)()

    assert error_number(refusal.value) in (2006, 2013)
    assert writer.connection is None
    server.start()
    with transaction.atomic():
        run(writer, INSERT)
    assert rows(writer) == 1


def test_a_server_killed_before_commit_shows_the_error_of_the_commit(writer, server):
    def killed_at_the_end():
        run(writer, INSERT)
        server.kill()

    with pytest.raises(OperationalError) as refusal:
        transaction.atomic(killed_at_the_end)()

    assert error_number(refusal.value) in (2006, 2013)
    server.start()
    assert rows(writer) == 0


def test_a_loop_that_starts_with_a_transaction_is_not_stuck_to_a_dead_connection(writer, server):
    session(writer)
    server.kill()
    server.start()

    with pytest.raises(OperationalError), transaction.atomic():
        run(writer, INSERT)
    with transaction.atomic():
        run(writer, INSERT)

    assert rows(writer) == 1


def test_a_connection_that_was_killed_is_replaced(writer, server):
    server.run(f"KILL {session(writer)}")

    assert refused(writer) in (1927, 2006, 2013)

    run(writer, INSERT)
    assert rows(writer) == 1


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("INSERT INTO notes (id, word) VALUES (NULL, 'much too long')", DataError),
        ("INSERT INTO nowhere VALUES (1)", ProgrammingError),
        ("INSERT INTO notes (id) VALUES (7), (7)", IntegrityError),
    ],
)
def test_other_errors_keep_their_class_and_the_connection(writer, statement, expected):
    first = session(writer)

    with pytest.raises(expected):
        run(writer, statement)

    begin_request(writer)
    assert session(writer) == first


def test_check_constraints_and_nulls_are_integrity_errors(writer):
    run(writer, "CREATE OR REPLACE TABLE strict_notes (cents INT NOT NULL CHECK (cents > 0))")

    for statement in ("VALUES (0)", "VALUES (NULL)"):
        with pytest.raises(IntegrityError):
            run(writer, "INSERT INTO strict_notes " + statement)


def test_a_cursor_passes_everything_else_on(writer):
    run(writer, "CREATE OR REPLACE PROCEDURE twice(n INT) SELECT n * 2")
    with writer.cursor() as cursor:
        cursor.executemany("INSERT INTO notes (word) VALUES (%s)", [("a",), ("b",), ("c",)])
        assert cursor.rowcount == 3
        cursor.execute("SELECT word FROM notes ORDER BY id")
        assert cursor.fetchone() == ("a",)
        assert cursor.fetchmany(1) == (("b",),)
        assert cursor.fetchall() == (("c",),)
        cursor.execute("SELECT word FROM notes ORDER BY id")
        assert [word for (word,) in cursor] == ["a", "b", "c"]
        assert [column[0] for column in cursor.description] == ["word"]
        cursor.callproc("twice", (4,))
        assert cursor.fetchone() == (8,)


def test_a_lost_connection_is_noticed_by_every_way_to_run_a_statement(writer, server):
    for call in (
        lambda cursor: cursor.executemany("UPDATE notes SET word=%s", [("a",)]),
        lambda cursor: cursor.callproc("twice", (4,)),
    ):
        server.run(f"KILL {session(writer)}")
        with pytest.raises(OperationalError), writer.cursor() as cursor:
            call(cursor)
        assert writer.connection is None


def test_what_only_one_engine_can_do_is_masked(writer):
    features = writer.features

    assert not features.can_return_columns_from_insert
    assert not features.can_return_rows_from_bulk_insert
    assert not features.has_native_uuid_field
    assert not features.has_select_for_update_of
    assert features.has_select_for_update_skip_locked


def test_sessions_are_strict_and_read_committed(writer):
    with writer.cursor() as cursor:
        cursor.execute("SELECT @@sql_mode, @@tx_isolation, @@wait_timeout")
        mode, isolation, wait_timeout = cursor.fetchone()

    assert "STRICT_TRANS_TABLES" in mode
    assert isolation == "READ-COMMITTED"
    assert wait_timeout == 30


def test_closing_a_cursor_of_a_lost_connection_hides_no_error(writer, server):
    """The ORM closes a cursor whose query failed, and then raises what had happened."""
    cursor = writer.cursor()
    server.run(f"KILL {session(writer)}")

    with pytest.raises(OperationalError):
        cursor.execute("SELECT COUNT(*) FROM notes")

    cursor.close()
    assert rows(writer) == 0
