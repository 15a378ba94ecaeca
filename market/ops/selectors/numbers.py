"""How long things wait, for the dashboards: each a look at the first entry of an index."""

from datetime import datetime

from django.utils import timezone

from market.items.models import ItemVersion
from market.payments.models import WebhookEvent

COUNTED = 10_000


def review_age_seconds() -> float:
    """Since when the longest submitted version waits for a reviewer; 0 if none does."""
    waiting = ItemVersion.objects.filter(status=ItemVersion.Status.SUBMITTED)
    return _age(waiting.order_by("submitted_at").values_list("submitted_at", flat=True).first())


def reviews_waiting() -> int:
    waiting = ItemVersion.objects.filter(status=ItemVersion.Status.SUBMITTED)
    return waiting.order_by()[:COUNTED].count()


def webhook_age_seconds() -> float:
    """Since when the gateway's oldest report has not been worked off; 0 if none waits."""
    received = WebhookEvent.objects.filter(state=WebhookEvent.State.RECEIVED)
    return _age(received.order_by("received_at").values_list("received_at", flat=True).first())


def _age(since: datetime | None) -> float:
    return (timezone.now() - since).total_seconds() if since else 0.0
