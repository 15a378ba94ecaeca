"""Statements that are built once give what the ORM gives, for whatever they are asked."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import DateTimeField
from django.utils import timezone

from market.core.db.statements import Given, Statement, padded
from market.items.models import Item
from tests import factories

THREADS = 8


@pytest.fixture
def items(sites):
    return [factories.make_item() for _ in range(3)]


def test_rows_are_those_of_the_query_with_what_they_refer_to(items, django_assert_num_queries):
    statement = Statement(
        lambda: Item.objects.filter(pk=Given("item")).select_related("author", "live_version")
    )
    for item in items:
        with django_assert_num_queries(1):
            (found,) = statement.rows(item=item.pk)
            assert (found, found.author, found.live_version) == (
                item, item.author, item.live_version,
            )  # fmt: skip
            assert (found.card, found.published_at) == (item.card, item.published_at)


def test_what_is_left_out_is_read_when_it_is_asked_for(items, django_assert_num_queries):
    statement = Statement(lambda: Item.objects.filter(pk=Given("item")).only("name"))

    found = statement.first(item=items[0].pk)

    with django_assert_num_queries(1):
        assert found.slug == items[0].slug


def test_tuples_moments_and_no_row(items):
    moment = Given("moment", DateTimeField())
    statement = Statement(
        lambda: Item.objects.filter(published_at__gt=moment).order_by("pk").values_list("pk")
    )

    earlier = timezone.now() - timedelta(hours=1)

    assert statement.rows(moment=earlier) == [(item.pk,) for item in items]
    assert statement.first(moment=timezone.now() + timedelta(hours=1)) is None


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_a_list_is_filled_up_with_its_last(items, asked):
    statement = Statement(
        lambda: Item.objects.filter(pk__in=Given.several("item", 3)).order_by("pk")
    )

    found = statement.rows(**padded("item", [item.pk for item in items[:asked]], 3))

    assert found == items[:asked]


def test_a_value_that_is_not_named_is_an_error(items):
    statement = Statement(lambda: Item.objects.filter(pk=Given("item")))

    with pytest.raises(KeyError):
        statement.rows(other=1)


@pytest.fixture
def restless_threads():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite's database is this connection's")
@pytest.mark.usefixtures("restless_threads")
def test_threads_that_ask_first_at_the_same_time_build_one_right_statement():
    """Django changes a query while it compiles it: two threads at one made wrong SQL for good."""
    site_id = factories.make_item().site_id
    started = Barrier(THREADS)

    def ask(statement):
        started.wait()
        try:
            return len(statement.rows(site=site_id))
        finally:
            connection.close()

    for _ in range(20):
        statement = Statement(items_with_all_beside)
        with ThreadPoolExecutor(THREADS) as pool:
            assert set(pool.map(ask, [statement] * THREADS)) == {1}


def items_with_all_beside():
    rows = Item.objects.filter(site_id=Given("site"), stats__sales__gte=0)
    return rows.select_related("author__profile", "category", "detail", "stats", "live_version")
