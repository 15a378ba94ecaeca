"""Statements that are built once give what the ORM gives, for whatever they are asked."""

from datetime import timedelta

import pytest
from django.db.models import DateTimeField
from django.utils import timezone

from market.core.db.statements import Given, Statement, padded
from market.items.models import Item
from tests import factories


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
