from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from market.tenancy import hosts
from market.users.models import User
from tests import factories


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


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


@pytest.fixture
def sites(db: None) -> None:
    """Categories, licences and rates as `sync_sites` makes them."""
    factories.ensure_sites()


@pytest.fixture
def buyer(sites: None) -> User:
    return factories.make_user(username="buyer")


@pytest.fixture
def author(sites: None) -> User:
    return factories.make_author(username="author")


@pytest.fixture
def reviewer(sites: None) -> User:
    return factories.make_user(username="reviewer", role="reviewer")
