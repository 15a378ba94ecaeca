from market.purchases.models import BillingDetails
from market.users.models import User


def last_billing(buyer: User) -> BillingDetails | None:
    """What a buyer said the last time."""
    return BillingDetails.objects.filter(order__buyer=buyer).order_by("-order").first()
