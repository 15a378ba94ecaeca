from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import BINARY
from market.core.insert_only import InsertOnly
from market.users.models import User


class PayoutMethod(models.TextChoices):
    CONNECT = "connect", _("Payout account at our payment service")
    BANK = "bank", _("Bank transfer (SWIFT)")


class PayoutAccount(models.Model):
    """Where an author's money goes: one place a person. Each change is a row of its own."""

    author = models.OneToOneField(
        User, models.PROTECT, primary_key=True, related_name="payout_account"
    )
    method = models.CharField(max_length=8, choices=PayoutMethod)
    holder = models.CharField(max_length=120)
    destination = models.CharField(max_length=80, db_collation=BINARY)  # account's id, or IBAN
    bic = models.CharField(max_length=11, blank=True, db_collation=BINARY)
    # After a change nothing is sent for some days: whoever stole the account must wait.
    hold_until = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.method} of {self.author_id}"

    @property
    def masked(self) -> str:
        """Enough to know it by."""
        return f"{self.destination[:4]} … {self.destination[-4:]}"


class PayoutAccountChange(InsertOnly):
    """Who set which destination when, from which address."""

    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    method = models.CharField(max_length=8, choices=PayoutMethod)
    masked = models.CharField(max_length=20)
    address = models.CharField(max_length=45)  # the browser's IP
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.author_id}: {self.masked}"


class PayoutBatch(models.Model):
    """One month's payouts. `cleared_until`: sales of before then have cleared."""

    period = models.CharField(max_length=7, unique=True, db_collation=BINARY)  # `2026-11`
    cut_off_at = models.DateTimeField()
    cleared_until = models.DateTimeField()
    pay_on = models.DateField()
    closed_at = models.DateTimeField(null=True)  # all authors were cut off

    class Meta:
        permissions = [("run_payouts", "Can hold, release and confirm payouts")]

    def __str__(self) -> str:
        return self.period


class Payout(models.Model):
    """What one author is paid in a batch. Its source in the ledger is `payout:ID`.

    gross = withheld + fee + cents; `cents` is what is sent. It covers the sales after
    `covers_from` up to `covers_until`: those are withheld from once.
    """

    class State(models.TextChoices):
        ACCRUED = "accrued", _("Added up")
        CUT_OFF = "cut_off", _("Taken from your balance")
        SCHEDULED = "scheduled", _("Will be sent")
        HELD = "held", _("On hold")
        SENT = "sent", _("Sent")
        SETTLED = "settled", _("Arrived")
        BOUNCED = "bounced", _("Came back")

    class Held(models.TextChoices):
        ACCOUNT_CHANGED = "account_changed", _("The payout account was changed a short time ago")
        AUTHOR_LOCKED = "author_locked", _("The account is locked")
        STAFF = "staff", _("Our staff look into it")

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="payouts")
    author = models.ForeignKey(User, models.PROTECT, related_name="payouts")
    currency = models.CharField(max_length=3)
    covers_from = models.DateTimeField()
    covers_until = models.DateTimeField()
    gross_cents = models.BigIntegerField()
    withheld_bp = models.IntegerField()
    withheld_on_all = models.BooleanField()  # not only what buyers in the US paid
    withheld_base_cents = models.BigIntegerField()
    withheld_cents = models.BigIntegerField()
    withheld_back_cents = models.BigIntegerField(default=0)  # by refunds since then
    fee_cents = models.BigIntegerField()
    cents = models.BigIntegerField()
    method = models.CharField(max_length=8, choices=PayoutMethod)
    gateway = models.CharField(max_length=20)
    destination = models.CharField(max_length=80, db_collation=BINARY)
    bic = models.CharField(max_length=11, blank=True, db_collation=BINARY)
    state = models.CharField(max_length=10, choices=State)
    held_for = models.CharField(max_length=16, choices=Held, blank=True)
    # When a hold ends by itself; null for one that staff must end.
    held_until = models.DateTimeField(null=True)
    idempotency_key = models.CharField(max_length=80, unique=True, db_collation=BINARY)
    # When the gateway was first asked: from then on it is never changed or held.
    asked_at = models.DateTimeField(null=True)
    # Null until the gateway has named it: unique columns may hold many nulls.
    gateway_ref = models.CharField(  # noqa: DJ001
        max_length=80, null=True, unique=True, db_collation=BINARY
    )
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "author", "currency"], name="payout_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="payout_moves_money"),
        ]
        indexes = [
            models.Index(fields=["author", "id"], name="payout_author"),
            models.Index(fields=["state", "updated_at"], name="payout_work"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        return f"payout:{self.pk}"

    @property
    def masked(self) -> str:
        return f"{self.destination[:4]} … {self.destination[-4:]}"


class PayoutEvent(InsertOnly):
    """Each step of a payout: its timeline."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="events")
    state = models.CharField(max_length=10, choices=Payout.State)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.state}"


class TreatyRate(models.Model):
    """What the United States withhold from residents of a country by treaty, from a day on."""

    country = models.CharField(max_length=2, db_collation=BINARY)  # ISO 3166-1
    rate_bp = models.IntegerField()
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "valid_from"], name="treaty_rate_start"),
        ]

    def __str__(self) -> str:
        return f"{self.country}: {self.rate_bp} bp"


class TaxForm(InsertOnly):
    """What an author has declared to the tax office of the United States; the newest counts."""

    class Kind(models.TextChoices):
        W8BEN = "w8ben", _("W-8BEN: I am not a US person")
        W9 = "w9", _("W-9: I am a US person")

    author = models.ForeignKey(User, models.PROTECT, related_name="tax_forms")
    kind = models.CharField(max_length=8, choices=Kind)
    legal_name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, db_collation=BINARY)
    # Never the number itself: a keyed hash to find it again, and its end to know it by.
    tax_id_hash = models.CharField(max_length=64, blank=True, db_collation=BINARY)
    tax_id_end = models.CharField(max_length=4, blank=True)
    signed_at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["author", "id"], name="tax_form_newest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.author_id}"
