"""What guests bought, put into the account of the person who reads their mail."""

from django.db import transaction

from market.purchases.models import BuyerHold, Claim, Order, Purchase, RefundRequest
from market.users import services as users
from market.users.models import Guest, User


@transaction.atomic
def claim(*, guest: Guest, account: User) -> None:
    """Make everything of a guest this account's, once. Raises ClaimRefused.

    Documents stay as they were issued, and are read by the account too. What the account had
    taken for nothing itself already stays a claim of the guest: a promotion gives one a person.
    """
    if not users.take_over(guest=guest, account=account):
        return
    mine = {"buyer_id": guest.pk}
    # Whoever completes or refunds one of these orders holds its row first, too.
    list(Order.objects.select_for_update().filter(**mine).order_by("pk"))
    Order.objects.filter(**mine).update(buyer=account)
    Purchase.objects.filter(**mine).update(buyer=account)
    RefundRequest.objects.filter(**mine).update(buyer=account)
    BuyerHold.objects.filter(**mine).update(buyer=account)
    taken = Claim.objects.filter(buyer=account).values_list("promotion_id", flat=True)
    Claim.objects.filter(**mine).exclude(promotion__in=list(taken)).update(buyer=account)
