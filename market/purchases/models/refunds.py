from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import BINARY
from market.core.insert_only import InsertOnly
from market.purchases.models.orders import OrderLine
from market.purchases.models.purchases import Purchase
from market.users.models import User


class RefundScope(models.TextChoices):
    """What of an order line is given back."""

    WHOLE = "whole", _("All of it")
    SUPPORT = "support", _("The extra support only")
    TAX = "tax", _("The tax only: none was due")


class RefundRequest(models.Model):
    """A buyer asks for the money of one order line back; the author answers, or staff do.

    requested → accepted | declined → disputed → ruled_for_buyer | ruled_for_author; withdrawn.
    """

    class Ground(models.TextChoices):
        NOT_AS_DESCRIBED = "not_as_described", _("It is not as its page describes it")
        NOT_WORKING = "not_working", _("It does not work, and the author did not fix it")
        SECURITY_HOLE = "security_hole", _("It has a security hole that was not fixed")
        NO_SUPPORT = "no_support", _("Promised support was not given")
        UNUSED_SUPPORT = "unused_support", _("I have not used the extra support")
        NOT_DOWNLOADED = "not_downloaded", _("I have not downloaded it")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Waiting for the author")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined by the author")
        DISPUTED = "disputed", _("With our staff")
        RULED_FOR_BUYER = "ruled_for_buyer", _("Decided for the buyer")
        RULED_FOR_AUTHOR = "ruled_for_author", _("Decided for the author")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    # Somebody has to do something about these; a line has one such request at a time.
    OPEN = (State.REQUESTED, State.DECLINED, State.DISPUTED)

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="refund_requests")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    buyer = models.ForeignKey(User, models.PROTECT, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    ground = models.CharField(max_length=20, choices=Ground)
    scope = models.CharField(max_length=8, choices=RefundScope)
    words = models.CharField(max_length=2000)
    state = models.CharField(max_length=20, choices=State, default=State.REQUESTED)
    # The line's id while the request is open, then null: the key lets one be open at a time.
    open_line_id = models.BigIntegerField(null=True, unique=True)
    # When the one who is to act has had time enough; null when nobody has to, and for staff.
    answer_due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        permissions = [("decide_refunds", "Can decide disputed refunds")]
        indexes = [
            models.Index(fields=["author", "state", "id"], name="refund_request_author"),
            models.Index(fields=["state", "id"], name="refund_request_staff"),
            models.Index(fields=["state", "answer_due_at"], name="refund_request_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.ground} of {self.line_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class RefundEvent(InsertOnly):
    """Each step of a request: who, when, from which state to which, in whose words."""

    request = models.ForeignKey(RefundRequest, models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the clock
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, choices=RefundRequest.State)
    words = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.request_id}: {self.to_state}"


class RefundLine(InsertOnly):
    """What was given back of an order line, in the cents that the ledger's lines had.

    Its source in the ledger, at the gateway and on the credit note is `refund:ID`.
    """

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="refunds")
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="refunds")
    request = models.ForeignKey(RefundRequest, models.PROTECT, null=True, related_name="+")
    scope = models.CharField(max_length=8, choices=RefundScope)
    item_price_cents = models.IntegerField()
    buyer_fee_cents = models.IntegerField()
    support_cents = models.IntegerField()
    tax_cents = models.IntegerField()
    author_fee_cents = models.IntegerField()  # given back to the author
    support_fee_cents = models.IntegerField()
    card_cents = models.IntegerField()  # goes back through the gateway
    credit_cents = models.IntegerField()  # the rest, to the buyer's credit
    currency = models.CharField(max_length=3)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "scope"], name="refund_line_once"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        return f"refund:{self.pk}"

    @property
    def total_cents(self) -> int:
        return self.card_cents + self.credit_cents


class Reversal(models.Model):
    """An order line that the buyer's bank took the money of, until that is lost or restored.

    Its source in the ledger is `dispute:REF:LINE`.
    """

    dispute_ref = models.CharField(max_length=80, db_collation=BINARY)
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="reversals")
    # Whether this took the purchase from the buyer, so that restoring gives it back.
    took_purchase = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute_ref", "line"], name="reversal_once"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def source(self) -> str:
        return f"dispute:{self.dispute_ref}:{self.line_id}"


class BuyerHold(models.Model):
    """A buyer whose bank took a payment back buys nothing until that is cleared up."""

    buyer = models.ForeignKey(User, models.PROTECT, related_name="+")
    dispute_ref = models.CharField(max_length=80, unique=True, db_collation=BINARY)
    reason = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.buyer_id} since {self.since}"
