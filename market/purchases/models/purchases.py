from django.db import models
from django.utils import timezone

from market.core.ids import BINARY, UUIDField
from market.items.models import Item, ItemVersion, Promotion
from market.purchases.models.orders import OrderLine, PriceBreakdown
from market.users.models import User


class Purchase(PriceBreakdown):
    """One licence of one item for one buyer. Never deleted; reversed by a refund or dispute."""

    code = UUIDField(unique=True)  # the purchase code that buyers show to authors
    order_line = models.OneToOneField(OrderLine, models.PROTECT, related_name="purchase")
    buyer = models.ForeignKey(User, models.PROTECT, related_name="purchases")
    author = models.ForeignKey(User, models.PROTECT, related_name="sales")
    item = models.ForeignKey(Item, models.PROTECT, related_name="purchases")
    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="+")  # live when bought
    site_id = models.PositiveSmallIntegerField()
    licence_code = models.CharField(max_length=40, db_collation=BINARY)
    licence_text_version = models.PositiveSmallIntegerField()
    bought_at = models.DateTimeField(default=timezone.now)
    # As bought; what was added later is a SupportPeriod. 0 for purchases before it was kept.
    support_months = models.SmallIntegerField(default=0, db_default=0)
    support_until = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["buyer", "id"], name="purchase_library"),
            models.Index(fields=["item", "id"], name="purchase_of_item"),
            models.Index(fields=["author", "id"], name="purchase_sales"),
            models.Index(fields=["author", "bought_at"], name="purchase_sold_at"),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_valid(self) -> bool:
        return self.reversed_at is None


class Claim(models.Model):
    """What a buyer took for nothing: once a promotion, whatever orders come at the same time."""

    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(User, models.PROTECT, related_name="+")
    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promotion", "buyer"], name="claim_once"),
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id} in {self.promotion_id}"


class SaleEvent(models.Model):
    """A sale for the statistics: written with the purchase, added up by a job, never twice.

    One that was counted already and is undone is an event of −1, on the day that it was sold.
    """

    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    sold_at = models.DateTimeField(default=timezone.now)
    delta = models.SmallIntegerField(default=1, db_default=1)

    def __str__(self) -> str:
        return f"sale of {self.item_id}"


class Download(models.Model):
    """The log of what was handed out, and to whom."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, null=True, related_name="downloads")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    file_id = models.PositiveBigIntegerField()  # items.ItemFile
    address = models.CharField(max_length=45)  # the browser's IP
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "item", "created_at"], name="download_limit")]

    def __str__(self) -> str:
        return f"{self.user_id} file {self.file_id}"
