"""How often items are opened: counted in passing, added up by a job, shown to their authors."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from market.discovery import viewed
from market.discovery.models import ViewBatch, ViewsDay
from market.discovery.selectors.viewed import recent_views
from market.discovery.services import roll_up_views
from tests import factories
from tests.conftest import host_client

OPENED = {"Sec-Fetch-Dest": "document"}


@pytest.fixture(autouse=True)
def _counting(settings, monkeypatch):
    """A process of its own, that writes after each hundredth of a second."""
    settings.VIEW_COUNT_SECONDS = 0.01
    monkeypatch.setattr("market.discovery.middleware.viewed", viewed.Viewed())


@pytest.fixture
def item(sites):
    return factories.make_item(name="Blue icons")


def address(item) -> str:
    return f"/items/{item.slug}/{item.pk}/"


def counted() -> dict[int, int]:
    roll_up_views()
    return dict(ViewsDay.objects.values_list("item_id", "views"))


@pytest.mark.parametrize("seconds", [0, 300])
def test_every_page_that_a_browser_opens_counts_kept_or_not(item, settings, seconds):
    settings.PAGE_CACHE_SECONDS, settings.PAGE_CACHE_MEMORY_SECONDS = seconds, 60
    client = host_client("graphics")

    for _ in range(3):
        response = client.get(address(item), headers=OPENED)
    client.get(address(item), headers=OPENED | {"If-None-Match": response["ETag"]})
    settings.VIEW_COUNT_SECONDS = 0.001
    client.get(address(item), headers=OPENED)

    assert counted()[item.pk] >= 4
    assert not response.cookies


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Dest": "empty"}, OPENED | {"Sec-Purpose": "prefetch"}],
    ids=["crawler", "script", "prefetch"],
)
def test_what_nobody_opened_does_not_count(item, headers):
    for _ in range(2):
        host_client("graphics").get(address(item), headers=headers)

    assert counted() == {}


def test_other_pages_and_other_answers_do_not_count(item):
    client = host_client("graphics")
    for one in ("/", f"{address(item)}files/", "/items/other-name/{item.pk}/", "/items/x/999999/"):
        client.get(one, headers=OPENED)
    client.head(address(item), headers=OPENED)

    assert counted() == {}


def test_off_means_off(item, settings):
    settings.VIEW_COUNT_SECONDS = 0

    host_client("graphics").get(address(item), headers=OPENED)

    assert counted() == {}
    assert "Views in 30 days" not in host_client("account", item.author).get("/author/items/").text


def test_many_views_are_one_row(item, settings):
    settings.VIEW_COUNT_SECONDS = 3600
    client = host_client("graphics")
    for _ in range(5):
        client.get(address(item), headers=OPENED)
    assert not ViewBatch.objects.exists()

    settings.VIEW_COUNT_SECONDS = 0.001
    client.get(address(item), headers=OPENED)

    assert ViewBatch.objects.get().counts == {str(item.pk): 6}


def test_a_database_that_is_away_costs_the_count_and_not_the_page(item, settings):
    settings.PAGE_CACHE_SECONDS, settings.PAGE_CACHE_MEMORY_SECONDS = 300, 60
    client = host_client("graphics")
    client.get(address(item))

    def away(*args):
        raise OperationalError(2002, "away")

    with connection.execute_wrapper(away):
        for _ in range(2):
            assert client.get(address(item), headers=OPENED).status_code == 200


def test_batches_are_added_up_once_and_by_day(item):
    other = factories.make_item()
    now = timezone.now()
    yesterday = now - timedelta(days=1)
    ViewBatch.objects.create(counted_at=yesterday, counts={str(item.pk): 2})
    ViewBatch.objects.create(counted_at=now, counts={str(item.pk): 3, str(other.pk): 1})

    assert roll_up_views() == 2
    ViewBatch.objects.create(counted_at=now, counts={str(item.pk): 10})
    assert (roll_up_views(), roll_up_views()) == (1, 0)

    rows = ViewsDay.objects.order_by("item_id", "day").values_list("item_id", "day", "views")
    assert list(rows) == [
        (item.pk, yesterday.date(), 2), (item.pk, now.date(), 13), (other.pk, now.date(), 1),
    ]  # fmt: skip


@pytest.mark.parametrize("items", [1, 100])
def test_adding_up_asks_as_often_for_one_item_as_for_a_hundred(
    sites, items, django_assert_num_queries
):
    ViewBatch.objects.create(counts={str(number): 1 for number in range(1, items + 1)})

    # Twice a transaction with a read of batches (the second finds none): six. A read of what is
    # there, an insert and a delete; and what is old.
    with django_assert_num_queries(10):
        roll_up_views()


def test_old_days_are_forgotten_and_not_shown(item):
    today = timezone.now().date()
    for age, views in ((0, 1), (29, 2), (30, 4), (31, 8)):
        ViewsDay.objects.create(item=item, day=today - timedelta(days=age), views=views)

    assert recent_views([item.pk, 999_999]) == {item.pk: 3, 999_999: 0}
    roll_up_views()
    assert ViewsDay.objects.count() == 3


def test_authors_see_it_at_their_items(item):
    ViewsDay.objects.create(item=item, day=timezone.now().date(), views=1234)

    page = host_client("account", item.author).get("/author/items/").text

    assert "Views in 30 days" in page
    assert "1,234" in page
