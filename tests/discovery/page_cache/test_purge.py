"""Whatever changes on a page is on it as soon as the job ran, also if Redis was away meanwhile."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from market.community import services as community
from market.community.models import Rating
from market.discovery.page_cache import generations
from market.discovery.page_cache.store import StoreAway, store
from market.items.errors import NotYourItem
from market.items.models import Promotion
from market.items.services import authoring, promotions, reviews
from market.jobs.models import Job
from market.jobs.testing import run_jobs
from market.tenancy.registry import marketplace
from market.users import services as users
from tests import factories
from tests.conftest import host_client
from tests.discovery.page_cache.conftest import make_due, without_redis
from tests.discovery.page_cache.test_single_flight import Site


@pytest.fixture
def item(sites):
    return factories.make_item(name="Blue icons")


@pytest.fixture
def address(item):
    return f"/items/{item.slug}/{item.pk}/"


def listings(item):
    """Where a card of the item stands."""
    return ["/", "/category/icons/", "/category/icons/line/", f"/authors/{item.author.username}/"]


def text_of(address) -> str:
    response = host_client("graphics").get(address)
    assert response.status_code in (200, 410)
    return response.content.decode()


def set_price(item, cents):
    licences = marketplace("graphics").licences_for("icons")
    prices = {terms.code: round(cents * terms.min_multiple) for terms in licences}
    authoring.set_prices(item=item, prices=prices)


def test_a_new_price_is_on_the_item_and_on_its_cards(item, address):
    before = {one: text_of(one) for one in [address, *listings(item)]}

    set_price(item, 4400)
    assert text_of(address) == before[address]  # until the job
    run_jobs()

    for one, text in before.items():
        assert text_of(one) != text, one


def test_what_goes_off_sale_leaves_the_lists(item, address):
    for one in [address, *listings(item)]:
        assert "Blue icons" in text_of(one)

    authoring.pause(item=item, author=item.author)
    run_jobs()

    for one in listings(item):
        assert "Blue icons" not in text_of(one), one
    authoring.resume(item=item, author=item.author)
    run_jobs()
    for one in [address, *listings(item)]:
        assert "Blue icons" in text_of(one), one


def test_what_staff_take_off_the_shelf_is_gone_from_searches_too(item, address):
    staff = factories.make_user(username="stan", role="staff")
    search = "/search/?sort=newest"
    assert "Blue icons" in text_of(search)

    reviews.suspend(item=item, staff=staff, reason="Not yours")
    run_jobs()

    assert "Blue icons" not in text_of(search)
    assert host_client("graphics").get(address).status_code == 410


def test_a_rating_and_its_reply_are_shown(item, address, buyer):
    purchase = factories.make_purchase(buyer=buyer, item=item)
    text_of(address)

    community.rate(purchase=purchase, buyer=buyer, stars=4, reason="design", text="Crisp lines")
    run_jobs()
    assert "Crisp lines" in text_of(address)

    community.reply(rating=Rating.objects.get(), author=item.author, text="Glad to hear")
    run_jobs()
    assert "Glad to hear" in text_of(address)


def test_a_promotion_is_shown_when_it_begins_and_gone_when_it_ends(item, address):
    staff = factories.make_user(username="stan", role="staff")
    before = text_of(address)
    now = timezone.now()
    promotion = promotions.schedule_item(
        item=item, kind=Promotion.Kind.FREE_ITEM, staff=staff, author_agreed=True, note="By mail",
        starts_at=now, ends_at=now + timedelta(days=7),
    )  # fmt: skip
    run_jobs()
    assert text_of(address) != before

    promotions.end_early(promotion=promotion, staff=staff, reason="Enough")
    run_jobs()
    assert text_of(address) == before


def test_a_promotion_of_later_has_its_jobs_then(item):
    staff = factories.make_user(username="stan", role="staff")
    begins = timezone.now() + timedelta(days=2)
    promotions.schedule_item(
        item=item, kind=Promotion.Kind.FEATURED_ITEM, staff=staff, starts_at=begins,
        ends_at=begins + timedelta(days=3),
    )  # fmt: skip

    due = Job.objects.filter(task_path__endswith=".purge_promotion").order_by("available_at")

    assert [job.available_at for job in due] == [begins, begins + timedelta(days=3)]


def test_an_author_who_changes_or_is_locked(item):
    page = f"/authors/{item.author.username}/"
    text_of(page)

    users.update_profile(user=item.author, display_name="Studio Nouveau", bio="", country="")
    run_jobs()
    assert "Studio Nouveau" in text_of(page)

    users.lock_account(user=item.author)
    run_jobs()
    assert host_client("graphics").get(page).status_code == 404


def test_a_purge_survives_redis_being_away_when_the_change_is_made(item, address, settings):
    before = {one: text_of(one) for one in [address, *listings(item)]}

    with without_redis(settings):
        set_price(item, 4400)
        run_jobs(raise_errors=False)
    for one, text in before.items():
        assert text_of(one) == text, one  # Redis is back, with the pages of before

    job = Job.objects.get(task_path="market.items.tasks.purge_pages")
    assert (job.state, job.attempts) == (Job.State.READY, 1)
    assert "StoreAway" in job.last_error
    Job.objects.filter(pk=job.pk).update(available_at=timezone.now() - timedelta(seconds=1))
    run_jobs()

    for one, text in before.items():
        assert text_of(one) != text, one


def test_the_job_is_written_with_the_change_or_not_at_all(item):
    other = factories.make_author()
    before = Job.objects.count()

    with pytest.raises(NotYourItem):
        authoring.pause(item=item, author=other)

    assert Job.objects.count() == before


def test_a_page_that_was_being_rendered_during_the_purge_is_not_kept(sites):
    class Purged(Site):
        def render(self, request):
            response = super().render(request)
            if self.renders == 1:
                store.renew([generations.home(request.marketplace.id)])
            return response

    site = Purged()
    assert [site.visit() for _ in range(3)] == ["page 1", "page 2", "page 2"]
    # Also when the generation stood there before.
    site.renders = 0
    make_due("/")
    assert [site.visit() for _ in range(3)] == ["page 1", "page 2", "page 2"]


def test_a_generation_that_redis_dropped_brings_no_old_page_back(item, address):
    before = text_of(address)
    set_price(item, 4400)
    run_jobs()
    caches["pages"].delete(f"generation:{generations.item(item.pk)}")

    assert text_of(address) != before


def test_a_purge_that_cannot_be_written_says_so(settings):
    with without_redis(settings), pytest.raises(StoreAway):
        store.renew(["home:1"])


def test_a_cache_that_swallows_failures_has_not_purged(settings):
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    }

    with pytest.raises(StoreAway):
        store.renew(["home:1"])
