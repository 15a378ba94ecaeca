from django.db import models
from django.utils import timezone

from market.core.ids import BINARY
from market.core.insert_only import InsertOnly
from market.purchases.models.orders import Order


class BillingDetails(InsertOnly):
    """Whom an order is invoiced to, and why it was taxed as it was. Frozen with the order.

    `evidence` is what we know of the buyer's place (Council Regulation 282/2011, article 24f):
    {"billing": "DE", "address": "DE"} by what was said and where the browser was.
    """

    class VatStatus(models.TextChoices):
        NONE = ""
        VALID = "valid"
        PENDING = "pending"  # the register did not answer: tax was charged

    order = models.OneToOneField(Order, models.PROTECT, related_name="billing")
    name = models.CharField(max_length=120, blank=True)
    company = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=400, blank=True)
    country = models.CharField(max_length=2, db_collation=BINARY)
    vat_id = models.CharField(max_length=20, blank=True, db_collation=BINARY)
    vat_status = models.CharField(max_length=8, choices=VatStatus, blank=True)
    is_reverse_charge = models.BooleanField(default=False)
    evidence = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.country} for {self.order_id}"


class VatRecheck(models.Model):
    """A paid order whose VAT number the register could not answer for: asked again by a job.

    `corrected` gave the tax back; `refused` and `given_up` leave it charged.
    """

    class State(models.TextChoices):
        OPEN = "open"
        CORRECTED = "corrected"
        REFUSED = "refused"
        GIVEN_UP = "given_up"

    order = models.OneToOneField(Order, models.PROTECT, related_name="vat_recheck")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], name="vat_recheck_open")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.state}"
