from uuid import UUID

from market.payments.models import Document
from market.purchases.models import Purchase
from market.users.models import User


def purchase_of(*, buyer: User, code: UUID) -> Purchase | None:
    """Only the buyer finds it."""
    own = Purchase.objects.filter(code=code, buyer=buyer)
    return own.select_related("item", "author__profile", "buyer").first()


def source_of(purchase: Purchase) -> str:
    """What a certificate is about."""
    return f"purchase:{purchase.pk}"


def is_void(certificate: Document) -> bool:
    """Whether its purchase was refunded or reversed since: it certifies nothing any more."""
    pk = int(certificate.source.removeprefix("purchase:"))
    return Purchase.objects.filter(pk=pk, reversed_at__isnull=False).exists()
