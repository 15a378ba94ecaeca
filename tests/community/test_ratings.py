import pytest
from django.core.management import call_command
from django.utils import timezone

from market.community import errors, services
from market.community.models import Rating
from market.community.selectors import item_ratings, rating_totals
from market.community.tasks import count_ratings
from market.items.models import ItemStats
from market.jobs.services import run_ready
from market.purchases.models import Purchase
from tests import factories
from tests.conftest import host_client


@pytest.fixture
def item(sites):
    return factories.make_item()


@pytest.fixture
def purchase(item, buyer):
    return factories.make_purchase(buyer=buyer, item=item)


def rate(purchase, stars=4, **how):
    how = {"buyer": purchase.buyer, "reason": "design", "text": " Fine. "} | how
    return services.rate(purchase=purchase, stars=stars, **how)


def test_a_buyer_rates_a_purchase_once_and_may_change_it(purchase, item):
    rate(purchase, 2)
    rate(purchase, 5)
    run_ready()

    rating = Rating.objects.get()
    assert (rating.stars, rating.text, rating.item_id) == (5, "Fine.", item.pk)
    stats = ItemStats.objects.get(pk=item.pk)
    assert (stats.rating_sum, stats.rating_count) == (5, 1)


def test_only_the_buyer_rates(purchase):
    with pytest.raises(errors.NotYourPurchase):
        rate(purchase, buyer=factories.make_user())

    assert not Rating.objects.exists()


def test_a_reversed_purchase_cannot_be_rated(purchase):
    Purchase.objects.update(reversed_at=timezone.now())

    with pytest.raises(errors.PurchaseReversed):
        rate(purchase)

    assert not Rating.objects.exists()


@pytest.mark.parametrize(("stars", "reason"), [(0, "design"), (6, "design"), (3, "because")])
def test_stars_and_reason_come_from_the_list(purchase, stars, reason):
    with pytest.raises(errors.BadRating):
        rate(purchase, stars, reason=reason)

    assert not Rating.objects.exists()


def test_ratings_of_reversed_purchases_do_not_count(purchase, item):
    rate(purchase, 1)
    other = factories.make_purchase(buyer=factories.make_user(), item=item)
    rate(other, 5)
    Purchase.objects.filter(pk=purchase.pk).update(reversed_at=timezone.now())

    count_ratings.call(item_id=item.pk)

    assert rating_totals(item.pk).rating_sum == 5
    assert [rating.stars for rating in item_ratings(item.pk).rows] == [5]
    assert ItemStats.objects.get(pk=item.pk).rating_count == 1


def test_the_author_replies_once(purchase, item):
    rating = rate(purchase)

    services.reply(rating=rating, author=item.author, text="Thank you")
    with pytest.raises(errors.AlreadyReplied):
        services.reply(rating=Rating.objects.get(), author=item.author, text="And again")

    assert Rating.objects.get().reply == "Thank you"


def test_only_the_author_replies_and_with_words(purchase, item):
    rating = rate(purchase)

    with pytest.raises(errors.NotYourItem):
        services.reply(rating=rating, author=purchase.buyer, text="Mine")
    with pytest.raises(errors.EmptyReply):
        services.reply(rating=rating, author=item.author, text="  ")

    assert Rating.objects.get().reply == ""


def test_an_items_page_shows_what_buyers_say(purchase, item):
    rating = rate(purchase, 3, text="Good <b>work</b>")
    services.reply(rating=rating, author=item.author, text="Thank you")

    page = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/").content.decode()

    assert "Good &lt;b&gt;work&lt;/b&gt;" in page
    assert "3 of 5 stars" in page
    assert "Thank you" in page


def test_older_ratings_follow_by_keyset(item):
    for stars in (1, 2, 3, 4, 5):
        bought = factories.make_purchase(buyer=factories.make_user(), item=item)
        Rating.objects.create(purchase=bought, item=item, buyer=bought.buyer, stars=stars)

    first = item_ratings(item.pk, size=3)
    second = item_ratings(item.pk, first.next_cursor, size=3)

    assert [rating.stars for rating in first.rows] == [5, 4, 3]
    assert [rating.stars for rating in second.rows] == [2, 1]
    assert second.next_cursor is None


def test_all_ratings_are_counted_again_by_stars(item, purchase):
    rate(purchase, 2)
    run_ready()
    ItemStats.objects.update(stars_2=0)

    call_command("recount_ratings")

    assert ItemStats.objects.get(pk=item.pk).by_stars == {5: 0, 4: 0, 3: 0, 2: 1, 1: 0}
