"""Which database answers: the reader what only reads, the writer everything that must be true now.

The reader is a second connection to the same database here; what counts is who was asked.
"""

from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from market.core.db import reader
from market.core.db.errors import error_number
from market.discovery.page_cache.memory import memory
from market.items.models import Item
from market.items.services import authoring
from market.jobs.testing import run_jobs
from market.ops.readers import ReaderMiddleware
from market.tenancy import hosts
from tests import factories
from tests.conftest import host_client
from tests.discovery.test_public_pages import addresses
from tests.ops.conftest import kill_reader


@contextmanager
def asked():
    """How many queries each of the two got: {"default": 0, "reader": 8}."""
    count: dict[str, int] = {}
    with (
        CaptureQueriesContext(connections["default"]) as writer,
        CaptureQueriesContext(connections["reader"]) as second,
    ):
        yield count
    count |= {"default": len(writer), "reader": len(second)}


def test_public_pages_ask_the_reader_alone(shelf):
    for address in addresses(shelf):
        with asked() as count:
            response = host_client("graphics").get(address)

        assert response.status_code == 200, address
        assert count["default"] == 0, address
    assert count["reader"] > 0
    assert not response.cookies


def test_public_pages_are_there_while_the_writer_is_not(shelf):
    def away(*args):
        raise OperationalError(2002, "away")

    with connection.execute_wrapper(away):
        for address in addresses(shelf):
            assert host_client("graphics").get(address).status_code == 200, address


def test_who_wrote_reads_from_the_writer_for_a_while(shelf, settings):
    desk = host_client("account", shelf.author)
    desk.cookies.pop(settings.WROTE_COOKIE_NAME, None)
    with asked() as before:
        assert desk.get("/author/items/").status_code == 200

    answer = desk.post(f"/author/items/{shelf.pk}/pause/")
    with asked() as after:
        desk.get("/author/items/")

    assert before["reader"] > 0
    assert after["reader"] == 0
    assert after["default"] > before["default"]
    cookie = answer.cookies[settings.WROTE_COOKIE_NAME]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (10, True, "Lax")


def test_pages_that_say_nothing_ask_the_writer(shelf):
    with asked() as count:
        host_client("account", shelf.author).get("/library/")

    assert count["reader"] == 0
    assert count["default"] > 0


def test_without_a_reader_nobody_gets_a_cookie(sites, settings):
    item = factories.make_item()

    answer = host_client("account", item.author).post(f"/author/items/{item.pk}/pause/")

    assert answer.status_code == 302
    assert settings.WROTE_COOKIE_NAME not in answer.cookies


def test_a_reader_that_is_gone_costs_one_try_and_is_counted(shelf, agent):
    kill_reader()

    for _ in range(2):
        assert "Blue icons" in host_client("graphics").get("/search/?sort=newest").text

    lines = [agent.recv(2000).decode() for _ in range(3)]
    assert sum(line.startswith("market.database.reader_away:") for line in lines) == 1


def test_a_mistake_in_a_query_is_no_reason_to_ask_again(shelf):
    calls = []

    @reader.reads_only
    def broken():
        calls.append(1)
        raise OperationalError(1317, "interrupted")

    with reader.request(is_pinned=False), pytest.raises(OperationalError):
        broken()

    assert calls == [1]


def test_what_would_write_through_the_reader_is_refused(shelf):
    with pytest.raises(OperationalError) as refusal:
        Item.objects.using("reader").update(name="Red")

    assert error_number(refusal.value) == 1792


def test_a_transaction_and_what_follows_a_write_ask_the_writer(shelf):
    seen = []

    @reader.reads_only
    def view(request):
        seen.append(Item.objects.all().db)
        with transaction.atomic():
            seen.append(Item.objects.all().db)
        Item.objects.filter(pk=shelf.pk).update(name="Red icons")
        seen.append(Item.objects.all().db)
        return HttpResponse()

    answer = ReaderMiddleware(view)(RequestFactory().get("/"))

    assert seen == ["reader", "default", "default"]
    assert answer.cookies


def test_programs_get_no_cookie(shelf):
    def view(request):
        Item.objects.filter(pk=shelf.pk).update(name="Red icons")
        return HttpResponse()

    request = RequestFactory().post("/")
    request.host = hosts.host("api")

    assert not ReaderMiddleware(view)(request).cookies


def test_jobs_and_commands_ask_the_writer(shelf):
    @reader.reads_only
    def work():
        return Item.objects.all().db

    assert work() == "default"


def test_a_page_after_a_purge_is_rendered_from_the_writer(shelf, settings):
    settings.PAGE_CACHE_SECONDS, settings.PAGE_CACHE_MEMORY_SECONDS = 300, 0
    client = host_client("graphics")
    client.get("/")
    authoring.pause(item=shelf, author=shelf.author)
    run_jobs(["default"])

    with asked() as after_purge:
        client.get("/")
    with asked() as elsewhere:
        client.get("/licences/standard/")

    assert (after_purge["default"] > 0, after_purge["reader"]) == (True, 0)
    assert (elsewhere["default"], elsewhere["reader"] > 0) == (0, True)
    memory.clear()
