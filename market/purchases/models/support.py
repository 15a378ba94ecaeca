from django.db import models

from market.core.insert_only import InsertOnly
from market.purchases.models.orders import OrderLine
from market.purchases.models.purchases import Purchase


class SupportPeriod(InsertOnly):
    """Months of support that were bought for a purchase later: once for each order line."""

    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="support_period")
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="support_periods")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.purchase_id} until {self.ends_at:%Y-%m-%d}"
