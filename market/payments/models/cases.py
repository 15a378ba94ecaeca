from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import BINARY


class ReconciliationCase(models.Model):
    """Where a gateway and our books do not tell the same story: staff decide. Opened once."""

    class Kind(models.TextChoices):
        CHARGE_UNKNOWN = "charge_unknown", _("A charge that we do not know")
        CHARGE_MISSING = "charge_missing", _("A charge that the gateway does not know")
        CHARGE_DIFFERS = "charge_differs", _("A charge of another amount")
        CHARGE_UNBOOKED = "charge_unbooked", _("A charge that is not in the ledger")
        REFUND_UNKNOWN = "refund_unknown", _("A refund that we do not know")
        REFUND_MISSING = "refund_missing", _("A refund that the gateway does not know")
        REFUND_DIFFERS = "refund_differs", _("A refund of another amount")
        REFUND_FAILED = "refund_failed", _("A refund that did not go through")
        PAYOUT_UNKNOWN = "payout_unknown", _("A payout that we do not know")
        PAYOUT_MISSING = "payout_missing", _("A payout that the gateway does not know")
        PAYOUT_DIFFERS = "payout_differs", _("A payout of another amount")
        DISPUTE_UNKNOWN = "dispute_unknown", _("A dispute about a payment that we do not know")
        EVENT_FOREIGN = "event_foreign", _("A report that is not meant for us")

    gateway = models.CharField(max_length=20, db_collation=BINARY)
    kind = models.CharField(max_length=20, choices=Kind, db_collation=BINARY)
    ref = models.CharField(max_length=120, db_collation=BINARY)  # the gateway's or our name for it
    note = models.CharField(max_length=500)
    opened_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gateway", "kind", "ref"], name="case_once"),
        ]
        indexes = [models.Index(fields=["resolved_at", "opened_at"], name="case_open")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.ref}"
