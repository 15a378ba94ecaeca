"""Ratings: one per purchase by its buyer; the author may reply once."""

from django.db import transaction
from django.db.models import Q

from market.community import tasks
from market.community.errors import (
    AlreadyReplied,
    BadRating,
    EmptyReply,
    NotYourItem,
    NotYourPurchase,
    PurchaseReversed,
)
from market.community.models import Rating
from market.purchases.models import Purchase
from market.users.models import User

MAX_TEXT = 2000


@transaction.atomic
def rate(*, purchase: Purchase, buyer: User, stars: int, reason: str, text: str = "") -> Rating:
    """Give or change the rating of a purchase. Raises a RatingRefused, and then writes nothing."""
    # A refund that happens now waits, or is seen.
    locked = Purchase.objects.select_for_update().get(pk=purchase.pk)
    if locked.buyer_id != buyer.pk:
        raise NotYourPurchase
    if not locked.is_valid:
        raise PurchaseReversed
    if stars not in range(1, 6) or reason not in Rating.Reason.values:
        raise BadRating
    rating, _ = Rating.objects.update_or_create(
        purchase=locked,
        defaults={"stars": stars, "reason": reason, "text": text.strip()[:MAX_TEXT]},
        create_defaults={
            "item_id": locked.item_id,
            "buyer": buyer,
            "stars": stars,
            "reason": reason,
            "text": text.strip()[:MAX_TEXT],
        },
    )
    tasks.count_ratings.enqueue(item_id=locked.item_id)
    return rating


@transaction.atomic
def follow_purchase(*, purchase_id: int) -> None:
    """A buyer's rating goes with the last licence of the item: until then another one keeps it.

    Ratings of purchases that were taken back do not count; whether they were, the job counts.
    """
    rating = Rating.objects.filter(
        purchase=purchase_id, purchase__reversed_at__isnull=False
    ).first()
    if rating is not None:
        kept = Purchase.objects.select_for_update().filter(
            buyer_id=rating.buyer_id, item_id=rating.item_id, reversed_at=None
        )
        other = kept.exclude(rating__isnull=False).order_by("pk").first()
        if other is not None:
            Rating.objects.filter(pk=rating.pk).update(purchase=other)
    item_id = Purchase.objects.values_list("item_id", flat=True).get(pk=purchase_id)
    tasks.count_ratings.enqueue(item_id=item_id)


@transaction.atomic
def reply(*, rating: Rating, author: User, text: str) -> None:
    """The author's one answer. Raises a RatingRefused."""
    if rating.item.author_id != author.pk:
        raise NotYourItem
    words = text.strip()[:MAX_TEXT]
    if not words:
        raise EmptyReply
    # The condition decides between two tabs.
    if not Rating.objects.filter(Q(pk=rating.pk) & Q(reply="")).update(reply=words):
        raise AlreadyReplied
    tasks.purge_item_page.enqueue(item_id=rating.item_id)
    rating.reply = words
