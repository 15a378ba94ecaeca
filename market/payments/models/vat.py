from django.db import models
from django.utils import timezone

from market.core.ids import BINARY
from market.core.insert_only import InsertOnly


class VatCheck(InsertOnly):
    """What the official service said about a VAT number, and when: kept as evidence."""

    vat_id = models.CharField(max_length=20, db_collation=BINARY)
    is_valid = models.BooleanField()
    name = models.CharField(max_length=200, blank=True)  # where the member state tells it
    receipt = models.CharField(max_length=60, blank=True)  # the service's own number for it
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["vat_id", "checked_at"], name="vat_check_latest")]

    def __str__(self) -> str:
        return f"{self.vat_id}: {self.is_valid}"
