"""Which part a database node plays. After a failover the old writer is a reader."""

from django.db import connections

# The alias of the database that may be asked by who only reads.
READER = "reader"
# Works on MySQL, Aurora and MariaDB; `@@aurora_server_id` would exist on Aurora only.
ROLE_PROBE = "SELECT @@global.read_only OR @@global.innodb_read_only"


def is_read_only(alias: str) -> bool:
    """Whether the node behind a connection refuses writes; asks it. SQLite has only one node."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(ROLE_PROBE if connection.vendor == "mysql" else "SELECT 0")
        return bool(cursor.fetchone()[0])
