import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connections
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings
from pytest_django.plugin import blocking_manager_key

from market.core import metrics
from market.core.addresses import storage_settings
from market.core.insert_only import InsertOnly
from market.tenancy import hosts
from market.users.models import User
from tests import factories


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_search_index(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Rows go when a test ends, and what is on disk does not: each test begins without an index."""
    folder = tmp_path_factory.getbasetemp() / f"search-{uuid4().hex}"
    settings.SEARCH_INDEX_URL = f"tantivy://{folder}"


def host_client(host_key: str, user: User | None = None) -> Client:
    """A browser at one of our hosts, signed in there as `user` if given."""
    client = Client(SERVER_NAME=hosts.host(host_key).name)
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """`client_for("photos", user)`: see host_client."""
    return host_client


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The marketplaces' rows are there for all tests, as after each deployment."""
    with django_db_blocker.unblock():
        factories.ensure_sites()


@pytest.fixture(scope="session", autouse=True)
def _flush_rows_that_stay() -> Iterator[None]:
    """After a test with real transactions all tables are emptied, also those that refuse it."""
    ops = type(connections["default"].ops)
    plain = ops.sql_flush
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            ops, "sql_flush", lambda self, *args, **more: _forced(self, plain, args, more)
        )
        yield


def _forced(ops: Any, plain: Callable[..., list[str]], args: Any, more: Any) -> list[str]:
    flush = plain(ops, *args, **more)
    if ops.connection.vendor == "mysql":  # which fires no trigger on TRUNCATE
        stay = {
            model._meta.db_table for model in apps.get_models() if issubclass(model, InsertOnly)
        }
        by_table = {f"DELETE FROM `{table}`;": f"TRUNCATE `{table}`;" for table in stay}
        return [by_table.get(sql, sql) for sql in flush]
    with ops.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    drop = [f"DROP TRIGGER {name}" for name, _ in triggers]
    return [*drop, *flush, *(sql for _, sql in triggers)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test with real transactions empties all tables when it ends: put back what all share."""
    yield
    if nextitem is None:
        return  # the database is gone already
    marker = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    if "transactional_db" in fixtures or (marker and marker.kwargs.get("transaction")):
        with item.config.stash[blocking_manager_key].unblock():
            factories.ensure_sites()
            connections.close_all()


@pytest.fixture
def folder_storage(settings: Settings, tmp_path: Path) -> Path:
    """Files in a folder, whatever STORAGE_URL says: for what differs between folder and S3."""
    settings.STORAGES = settings.STORAGES | {"default": storage_settings(f"file://{tmp_path}")}
    return tmp_path


@pytest.fixture
def sites(db: None) -> None:
    """A database with the marketplaces' categories, licences and rates, and nothing else."""


@pytest.fixture
def buyer(sites: None) -> User:
    return factories.make_user(username="buyer")


@pytest.fixture
def author(sites: None) -> User:
    return factories.make_author(username="author")


@pytest.fixture
def reviewer(sites: None) -> User:
    return factories.make_user(username="reviewer", role="reviewer")


@pytest.fixture
def agent(settings: Settings) -> Iterator[socket.socket]:
    """What the Datadog agent listens with."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        settings.STATSD_HOST, settings.STATSD_PORT = listener.getsockname()
        metrics._client.cache_clear()
        yield listener
        client = metrics._client()
        assert client is not None
        client.close_socket()
    metrics._client.cache_clear()
