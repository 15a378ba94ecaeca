import pytest
from django.db import connection, connections

from market.core.db import reader
from tests import factories


@pytest.fixture
def shelf(transactional_db):
    """An item, and a reader: inside a test's own transaction only the writer would be asked."""
    item = factories.make_item(name="Blue icons")
    factories.index()
    connections.settings["reader"] = dict(connections["default"].settings_dict)
    reader.come_back()
    connections["reader"].connect()  # Django's tests refuse a connection that begins by a query
    yield item
    connections["reader"].close()
    del connections["reader"], connections.settings["reader"]
    reader.come_back()


def kill_reader() -> None:
    """The server ends the reader's session, as when its host goes."""
    with connections["reader"].cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        (session,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute(f"KILL CONNECTION {session}")
