"""The staff's pages of promotions on `staff.`."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from market.items.models import Promotion
from tests import factories


@pytest.fixture
def staff(sites):
    return factories.make_user(username="stan", role="staff")


@pytest.fixture
def desk(client_for, staff):
    return client_for("staff", staff)


@pytest.fixture
def item(sites):
    return factories.make_item(name="Blue icons")


def form(subject, **changed):
    until = timezone.now() + timedelta(days=5)
    return {
        "kind": "free_item", "site": "graphics", "subject": str(subject),
        "ends_at": f"{until:%Y-%m-%dT%H:%M}", "author_agreed": "on", "note": "Agreed by mail",
    } | changed  # fmt: skip


def test_an_empty_window_says_so(desk):
    assertContains(desk.get("/promotions/"), "Nothing in the window yet")


def test_the_navigation_leads_there_who_may(client_for, desk, reviewer):
    assertContains(desk.get("/"), 'href="/promotions/"')
    assertNotContains(client_for("staff", reviewer).get("/"), 'href="/promotions/"')


@pytest.mark.parametrize("how", ["{0.pk}", "http://graphics.localhost/items/{0.slug}/{0.pk}/?a=1"])
def test_an_item_is_named_by_number_or_address(desk, item, staff, how):
    answer = desk.post("/promotions/new/", form(how.format(item)))

    assert answer.url == "/promotions/?site=graphics"
    made = Promotion.objects.get()
    assert (made.item, made.kind, made.made_by) == (item, "free_item", staff)
    page = desk.get(answer.url)
    assertContains(page, "Blue icons")
    assertContains(page, "Agreed by mail")
    assertContains(page, "Free item")


def test_an_author_is_named_by_user_name(desk, item):
    said = form(item.author.username.upper(), kind="featured_author", author_agreed="", note="")
    desk.post("/promotions/new/", said)

    assert Promotion.objects.get().author == item.author


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"subject": "nonsense"}, "not on sale"),
        ({"subject": "999999999999"}, "not on sale"),
        ({"site": "photos"}, "not on sale"),
        ({"site": "moon"}, "Select a valid choice"),
        ({"kind": "featured_author", "subject": "nobody"}, "no such author"),
        ({"kind": "half_price"}, "Select a valid choice"),
        ({"author_agreed": ""}, "only if its author agreed"),
        ({"note": ""}, "only if its author agreed"),
        ({"ends_at": "2020-01-01T00:00"}, "ends after it starts"),
        ({"ends_at": "9999-12-31T23:59"}, "ends after it starts"),
        ({"ends_at": "soon"}, "Enter a valid date"),
        ({"note": "x" * 501}, "at most 500"),
        ({"note": "\0"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(desk, item, changed, says):
    answer = desk.post("/promotions/new/", form(item.pk) | changed)

    assertContains(answer, says, status_code=422)
    assert not Promotion.objects.exists()


def test_a_second_free_item_in_the_same_period(desk, item):
    factories.make_promotion(item=item)

    answer = desk.post("/promotions/new/", form(factories.make_item().pk))

    assertContains(answer, "Something else of this kind", status_code=422)


def test_ending_asks_why(desk, item, staff):
    one = factories.make_promotion(item=item)
    page = desk.get(f"/promotions/{one.pk}/end/")
    assertContains(page, "End “Blue icons”")

    assertContains(desk.post(f"/promotions/{one.pk}/end/"), "Say why", status_code=422)
    answer = desk.post(f"/promotions/{one.pk}/end/", {"reason": "The author asked"})

    assert answer.url == "/promotions/?site=graphics"
    one.refresh_from_db()
    assert (one.ended_by, one.ended_why) == (staff, "The author asked")
    assertContains(desk.get(answer.url), "Ended by stan: The author asked")
    again = desk.post(f"/promotions/{one.pk}/end/", {"reason": "Again"})
    assertContains(again, "over already", status_code=422)


@pytest.mark.parametrize("role", ["", "author", "reviewer"])
def test_who_may_not(client_for, item, role):
    one = factories.make_promotion(item=item)
    client = client_for("staff", factories.make_user(role=role))

    for address in ("/promotions/", "/promotions/new/", f"/promotions/{one.pk}/end/"):
        assert client.get(address).status_code == 403
    assert client.post("/promotions/new/", form(item.pk)).status_code == 403
    assert client.post(f"/promotions/{one.pk}/end/", {"reason": "Because"}).status_code == 403
    one.refresh_from_db()
    assert (one.ended_at, Promotion.objects.count()) == (None, 1)


def test_a_visitor_signs_in_first(client_for, item):
    for address in ("/promotions/", "/promotions/new/", "/promotions/1/end/"):
        assert client_for("staff").get(address).status_code == 302


def test_a_promotion_that_is_not_there(desk):
    assert desk.get("/promotions/999999/end/").status_code == 404


@pytest.mark.parametrize("many", [1, 40])
def test_the_list_costs_the_same_for_one_and_for_many(desk, item, django_assert_num_queries, many):
    for _ in range(many):
        factories.make_promotion(item=item, ends_in=-timedelta(hours=1))
        factories.make_promotion(item=item)

    with django_assert_num_queries(6):
        assert desk.get("/promotions/").status_code == 200
