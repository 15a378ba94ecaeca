from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import BINARY
from market.core.insert_only import InsertOnly
from market.payments.models.ledger import Transfer
from market.users.models import User


class StaffAct(InsertOnly):
    """Who of the staff did what to money, and why. Written with the act, in its transaction."""

    class Act(models.TextChoices):
        REQUEST_ADJUSTMENT = "request_adjustment", _("Asked for an adjustment")
        APPROVE_ADJUSTMENT = "approve_adjustment", _("Approved an adjustment")
        REJECT_ADJUSTMENT = "reject_adjustment", _("Rejected an adjustment")
        RESOLVE_CASE = "resolve_case", _("Resolved a case")
        LIFT_HOLD = "lift_hold", _("Let a buyer buy again")

    staff = models.ForeignKey(User, models.PROTECT, related_name="+")
    act = models.CharField(max_length=24, choices=Act, db_collation=BINARY)
    subject = models.CharField(max_length=80, db_collation=BINARY)  # `adjust:17`, `case:3`
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="staff_act_subject")]
        permissions = [
            ("see_money", "Can look into others' money"),
            ("request_adjustments", "Can ask for adjustments"),
            ("decide_adjustments", "Can approve adjustments that others asked for"),
            ("resolve_cases", "Can resolve cases about payments"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"


class Adjustment(InsertOnly):
    """Money that staff ask to add to or take from a person's account. Moved when it is approved."""

    KINDS = (
        Transfer.Kind.ADJUST_EARNINGS_UP,
        Transfer.Kind.ADJUST_EARNINGS_DOWN,
        Transfer.Kind.ADJUST_CREDIT_UP,
        Transfer.Kind.ADJUST_CREDIT_DOWN,
    )

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, db_collation=BINARY)  # of the transfer it asks for
    cents = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="adjustment_moves_money"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        """What the ledger calls it."""
        return f"adjust:{self.pk}"


class AdjustmentDecision(InsertOnly):
    """What a second person said. The unique key decides between two who say it at once."""

    adjustment = models.OneToOneField(Adjustment, models.PROTECT, related_name="decision")
    is_approved = models.BooleanField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.adjustment_id}: {self.is_approved}"
