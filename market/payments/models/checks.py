from django.db import models
from django.db.models import Q
from django.utils import timezone

from market.core.insert_only import InsertOnly
from market.payments.models.ledger import Account


class AccountSnapshot(InsertOnly):
    """The sum of a platform account's lines up to `line_id`: its balance, with what came since."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="snapshots")
    line_id = models.BigIntegerField()
    cents = models.BigIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "line_id"], name="account_snapshot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cents} in {self.account_id} up to {self.line_id}"


class LedgerMark(models.Model):
    """The greatest line at a moment. An hour later all lines up to it are committed or gone."""

    line_id = models.BigIntegerField()
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="ledger_mark_seen")]

    def __str__(self) -> str:
        return f"{self.line_id} at {self.seen_at:%Y-%m-%d %H:%M}"


class LedgerCheck(models.Model):
    """A reading of the whole ledger, as far as it has come: each step is stored with its result."""

    class Stage(models.TextChoices):
        LINES = "lines"
        TRANSFERS = "transfers"
        ACCOUNTS = "accounts"
        ORDERS = "orders"
        BOOKINGS = "bookings"
        DONE = "done"

    stage = models.CharField(max_length=12, choices=Stage, default=Stage.LINES)
    position = models.BigIntegerField(default=0)  # the last id of the stage that was looked at
    until_line_id = models.BigIntegerField(default=0)
    until_transfer_id = models.BigIntegerField(default=0)
    read = models.JSONField(default=dict)  # {stage: rows}
    cents = models.JSONField(default=dict)  # {currency: sum of all lines}
    fault_count = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)  # the first of them
    started_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ledger_check_done",
                condition=~Q(stage="done") | Q(finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"check {self.pk}: {self.stage} {self.position}"

    @property
    def is_sound(self) -> bool:
        return self.stage == self.Stage.DONE and not self.fault_count


class CheckedSum(models.Model):
    """What a check has added up for an account so far."""

    check_run = models.ForeignKey(LedgerCheck, models.CASCADE, related_name="sums")
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_run", "account"], name="checked_sum_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cents} in {self.account_id}"
