"""What staff put into a marketplace's window: who may, when it runs, and what it excludes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from market.items import errors
from market.items.models import Item, ItemListing, Promotion
from market.items.selectors.promotions import calendar, is_free, running, with_free
from market.items.services import promotions
from market.tenancy.registry import marketplace
from tests import factories
from tests.explain import indexed_only

FREE, FEATURED = Promotion.Kind.FREE_ITEM, Promotion.Kind.FEATURED_ITEM
DAY = timedelta(days=1)


@pytest.fixture
def staff(sites):
    return factories.make_user(username="stan", role="staff")


@pytest.fixture
def item(sites):
    return factories.make_item(name="Blue icons")


def free(item, staff, *, starts=timedelta(0), ends=7 * DAY, **said):
    now = timezone.now()
    given = {"author_agreed": True, "note": "Agreed by mail on Monday"} | said
    return promotions.schedule_item(
        item=item, kind=FREE, staff=staff, starts_at=now + starts, ends_at=now + ends, **given
    )


def feature(item, staff, *, starts=timedelta(0), ends=7 * DAY):
    now = timezone.now()
    return promotions.schedule_item(
        item=item, kind=FEATURED, staff=staff, starts_at=now + starts, ends_at=now + ends
    )


def test_a_free_item_runs_from_its_start_to_its_end(item, staff):
    one = free(item, staff, starts=DAY, ends=3 * DAY)

    assert [len(running(item.site_id, at)) for at in moments(one)] == [0, 1, 1, 0]
    states = [with_free(Item.objects.all(), at).get().free_until for at in moments(one)]
    assert states == [None, one.ends_at, one.ends_at, None]
    assert (one.site_id, one.made_by, one.author_agreed) == (item.site_id, staff, True)


def moments(promotion):
    """Just before it, at its first and last moment, and at its end."""
    tick = timedelta(microseconds=1)
    return [
        promotion.starts_at - tick, promotion.starts_at, promotion.ends_at - tick, promotion.ends_at
    ]  # fmt: skip


def test_only_the_default_licence_is_free(item, staff):
    free(item, staff)
    found = with_free(Item.objects.select_related("category")).get()

    terms = marketplace("graphics").licences_for("icons")
    assert [one.code for one in terms if is_free(found, one.code)] == ["standard"]
    assert len(terms) > 1


def test_an_item_that_nobody_gives_away_is_not_free(item, staff):
    feature(item, staff)

    assert not is_free(with_free(Item.objects.select_related("category")).get(), "standard")
    assert not is_free(Item.objects.get(), "standard")


@pytest.mark.parametrize("said", [{"author_agreed": False}, {"note": " "}])
def test_giving_away_needs_the_authors_yes(item, staff, said):
    with pytest.raises(errors.AuthorNotAsked):
        free(item, staff, **said)
    assert not Promotion.objects.exists()


@pytest.mark.parametrize("role", ["", "author", "reviewer"])
def test_who_may_not(item, role):
    person = factories.make_user(role=role)
    one = factories.make_promotion(item=item, kind=FEATURED)

    with pytest.raises(errors.NotPromoting):
        free(item, person)
    with pytest.raises(errors.NotPromoting):
        promotions.end_early(promotion=one, staff=person, reason="Because")
    assert Promotion.objects.get().ended_at is None


def test_nobody_promotes_what_is_theirs(staff):
    own = factories.make_item(author=staff)
    now = timezone.now()

    with pytest.raises(errors.OwnPromotion):
        feature(own, staff)
    with pytest.raises(errors.OwnPromotion):
        promotions.schedule_author(
            author=staff, site_id=own.site_id, staff=staff, starts_at=now, ends_at=now + DAY
        )


@pytest.mark.parametrize("status", ["draft", "paused", "suspended", "retired"])
def test_what_is_not_on_sale_is_not_promoted(item, staff, status):
    item.status = status
    with pytest.raises(errors.NotASubject):
        feature(item, staff)


def test_an_author_is_featured_where_he_sells(item, staff):
    now = timezone.now()
    said = {"author": item.author, "staff": staff, "starts_at": now, "ends_at": now + DAY}

    promotions.schedule_author(site_id=item.site_id, **said)
    with pytest.raises(errors.NotASubject):
        promotions.schedule_author(site_id=marketplace("photos").id, **said)

    assert [one.author for one in running(item.site_id)] == [item.author]
    assert running(marketplace("photos").id) == []


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (2 * DAY, DAY),
        (DAY, DAY),
        (-9 * DAY, -DAY),
        (timedelta(0), 93 * DAY),
        (400 * DAY, 401 * DAY),
    ],
)
def test_periods_that_are_none(item, staff, starts, ends):
    with pytest.raises(errors.PeriodRefused):
        free(item, staff, starts=starts, ends=ends)


def test_a_start_that_has_passed_means_now(item, staff):
    before = timezone.now()

    assert free(item, staff, starts=-9 * DAY).starts_at >= before


def test_one_free_item_at_a_time(item, staff):
    other = factories.make_item()
    first = free(item, staff, starts=2 * DAY, ends=4 * DAY)

    for starts, ends in ((0, 3), (3, 9), (0, 9), (2, 4)):
        with pytest.raises(errors.WindowFull):
            free(other, staff, starts=starts * DAY, ends=ends * DAY)
    now = timezone.now()
    said = {"staff": staff, "kind": FREE, "author_agreed": True, "note": "By mail"}
    before = promotions.schedule_item(item=other, starts_at=now, ends_at=first.starts_at, **said)
    after = promotions.schedule_item(
        item=item, starts_at=first.ends_at, ends_at=first.ends_at + DAY, **said
    )
    elsewhere = free(factories.make_item(site="photos", category="nature/landscapes"), staff)

    assert Promotion.objects.count() == 4
    assert before.ends_at == first.starts_at
    assert after.starts_at == first.ends_at
    assert elsewhere.site_id != item.site_id


def test_four_featured_items_and_none_of_them_twice(item, staff):
    feature(item, staff)
    with pytest.raises(errors.WindowFull):
        feature(item, staff, starts=DAY)
    for _ in range(3):
        feature(factories.make_item(), staff)
    with pytest.raises(errors.WindowFull):
        feature(factories.make_item(), staff)


def test_ended_early_it_runs_no_more_and_says_who_and_why(item, staff):
    one = free(item, staff)

    promotions.end_early(promotion=one, staff=staff, reason="The author asked\n for it")

    one.refresh_from_db()
    assert (one.ended_by, one.ended_why) == (staff, "The author asked for it")
    assert running(item.site_id) == []
    assert with_free(Item.objects.all()).get().free_until is None
    with pytest.raises(errors.PromotionOver):
        promotions.end_early(promotion=one, staff=staff, reason="Again")
    assert free(factories.make_item(), staff).starts_at >= one.ended_at


def test_what_is_planned_can_be_called_off(item, staff):
    one = free(item, staff, starts=DAY)

    promotions.end_early(promotion=one, staff=staff, reason="Changed our mind")

    assert running(item.site_id, one.starts_at) == []


def test_ending_needs_a_reason(item, staff):
    with pytest.raises(errors.WhyNeeded):
        promotions.end_early(promotion=free(item, staff), staff=staff, reason=" \0 ")


@pytest.mark.parametrize(
    "wrong",
    [
        {"item": None},
        {"kind": "featured_author"},
        {"author_agreed": False},
        {"ends_at": timezone.now() - 9 * DAY},
        {"ended_at": timezone.now()},
    ],
)
def test_the_database_refuses_what_makes_no_sense(item, wrong):
    one = factories.make_promotion(item=item)

    with pytest.raises(IntegrityError), transaction.atomic():
        Promotion.objects.filter(pk=one.pk).update(**wrong)


def test_the_calendar_tells_what_runs_is_planned_and_past(item, staff):
    now_running = free(item, staff)
    planned = free(factories.make_item(), staff, starts=8 * DAY, ends=9 * DAY)
    over = factories.make_promotion(item=item, kind=FEATURED, starts_in=-3 * DAY, ends_in=-DAY)

    page = calendar(marketplace("graphics"))

    assert (page.running, page.planned, page.past.rows) == ([now_running], [planned], [over])
    assert page.counts[item.site_id] == 2
    elsewhere = calendar(marketplace("photos"))
    assert (elsewhere.running, elsewhere.planned, elsewhere.past.rows) == ([], [], [])
    assert calendar(None).running == [now_running]


@pytest.mark.parametrize("many", [1, 40])
def test_the_calendar_asks_twice(item, django_assert_num_queries, many):
    for _ in range(many):
        factories.make_promotion(item=item, ends_in=-timedelta(hours=1))
        factories.make_promotion(item=item)

    with django_assert_num_queries(2):
        page = calendar(marketplace("graphics"))
        assert [one.item.name for one in page.running] == ["Blue icons"] * many
    assert bool(page.past.next_cursor) == (many > 30)


def test_lists_by_price_follow_within_a_minute(item, staff):
    usual = item.card["price_cents"]
    other = factories.make_item(price_cents=500)
    one = free(item, staff)

    assert [promotions.sort_by_todays_prices() for _ in range(2)] == [1, 0]
    assert prices_of(item) == {0}

    promotions.end_early(promotion=one, staff=staff, reason="Over")
    assert [promotions.sort_by_todays_prices() for _ in range(2)] == [1, 0]
    assert prices_of(item) == {usual}
    assert 0 not in prices_of(other)


def prices_of(item):
    return set(ItemListing.objects.filter(item=item).values_list("price_cents", flat=True))


@pytest.mark.django_db(transaction=True)  # ANALYZE commits
def test_look_ups_are_by_index(item):
    if connection.vendor != "mysql":
        pytest.skip("the plans of MariaDB and MySQL")
    others = [item, *(factories.make_item() for _ in range(20))]
    first = factories.make_promotion(item=item, ends_in=-timedelta(hours=1))
    Promotion.objects.bulk_create(
        Promotion(
            site_id=number % 7 + 1,
            kind=FREE,
            item=others[number % 21],
            starts_at=first.starts_at,
            ends_at=first.ends_at,
            author_agreed=True,
            made_by=first.made_by,
        )
        for number in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE TABLE items_promotion")
        cursor.fetchall()

    with indexed_only(small_tables=frozenset({"items_item", "users_user"})):
        running(item.site_id)
        list(with_free(Item.objects.filter(pk__in=[one.pk for one in others])))
        calendar(None)
        calendar(marketplace("graphics"))
        promotions.sort_by_todays_prices()
