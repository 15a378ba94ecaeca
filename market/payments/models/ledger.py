from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import BINARY
from market.core.insert_only import InsertOnly


class Account(models.Model):
    """One side of the double entry: a kind, and whose it is (`scope`: `user:7`, or empty).

    Never updated and never locked: each line's foreign key takes a shared lock on it, and every
    sale touches those of the platform. What is locked is a person's `Balance`.
    """

    class Kind(models.TextChoices):
        # Of people, scope `user:7`. Those have a Balance.
        AUTHOR_EARNINGS = "author_earnings"  # what we owe an author; less than 0 after a reversal
        BUYER_CREDIT = "buyer_credit"  # what a person has put in, or moved over; never less than 0
        # Ours. Append-only and never locked.
        BUYER_FEES = "buyer_fees"
        AUTHOR_FEES = "author_fees"
        SUPPORT_FEES = "support_fees"
        GATEWAY_FEES = "gateway_fees"  # what gateways keep: less than 0
        DISPUTE_LOSSES = "dispute_losses"
        ADJUSTMENTS = "adjustments"
        # Others' money on its way. Also never locked.
        GATEWAY = "gateway"  # what gateways owe us: negative when they hold our money
        CLEARING = "clearing"  # between a payment and what it pays for: 0 for each order
        TAX = "tax"  # what we owe tax offices
        WITHHOLDING = "withholding"  # what we kept back for tax offices
        PAYOUTS = "payouts"  # left an author's account, not yet with the author

    kind = models.CharField(max_length=20, choices=Kind, db_collation=BINARY)
    scope = models.CharField(max_length=40, blank=True, db_collation=BINARY)
    currency = models.CharField(max_length=3, db_collation=BINARY)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "scope", "currency"], name="account_one_per_scope"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.scope or 'platform'} {self.currency}"


class Balance(models.Model):
    """What stands in the account of a person: the row that is locked to post there.

    A table of its own, so that no query plan for the lock ever meets an account of the platform
    (a scan of one table for both made sales deadlock). Those have no balance but their lines.
    """

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True)
    balance_cents = models.BigIntegerField(default=0)
    # Whether it may be less than 0; the database refuses it otherwise.
    may_overdraw = models.BooleanField(default=True, db_default=True)
    # An author's sales at item prices so far: decides the author's fee. Never falls.
    lifetime_cents = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.balance_cents} in {self.account_id}"


class Transfer(InsertOnly):
    """Money moved from one account to another for one stated reason, once: (source, kind)."""

    class Kind(models.TextChoices):
        """From which kind of account to which: payments.rules."""

        # An order: what was taken for it, and what it was taken for.
        PAYMENT = "payment", _("Payment")
        CREDIT_SPENT = "credit_spent", _("Paid with credit")
        SALE = "sale", _("Sale")
        AUTHOR_FEE = "author_fee", _("Author fee")
        BUYER_FEE = "buyer_fee", _("Buyer fee")
        SUPPORT = "support", _("Support")
        SUPPORT_FEE = "support_fee", _("Support fee")
        TAX = "tax", _("Tax")
        # A refund undoes the lines of a sale and pays out what they were.
        REFUND_SALE = "refund_sale", _("Sale refunded")
        REFUND_AUTHOR_FEE = "refund_author_fee", _("Author fee given back")
        REFUND_BUYER_FEE = "refund_buyer_fee", _("Buyer fee refunded")
        REFUND_SUPPORT = "refund_support", _("Support refunded")
        REFUND_SUPPORT_FEE = "refund_support_fee", _("Support fee given back")
        REFUND_TAX = "refund_tax", _("Tax refunded")
        REFUND_PAID = "refund_paid", _("Refund")
        REFUND_CREDIT = "refund_credit", _("Refund as credit")
        # A reversal does the same because the buyer's bank took the money back.
        REVERSE_SALE = "reverse_sale", _("Sale reversed")
        REVERSE_AUTHOR_FEE = "reverse_author_fee", _("Author fee given back")
        REVERSE_BUYER_FEE = "reverse_buyer_fee", _("Buyer fee reversed")
        REVERSE_SUPPORT = "reverse_support", _("Support reversed")
        REVERSE_SUPPORT_FEE = "reverse_support_fee", _("Support fee given back")
        REVERSE_TAX = "reverse_tax", _("Tax reversed")
        REVERSED = "reversed", _("Payment reversed")
        # Won in the end: what the reversal took comes back.
        RESTORED = "restored", _("Payment restored")
        RESTORE_SALE = "restore_sale", _("Sale restored")
        RESTORE_AUTHOR_FEE = "restore_author_fee", _("Author fee")
        RESTORE_BUYER_FEE = "restore_buyer_fee", _("Buyer fee")
        RESTORE_SUPPORT = "restore_support", _("Support restored")
        RESTORE_SUPPORT_FEE = "restore_support_fee", _("Support fee")
        RESTORE_TAX = "restore_tax", _("Tax")
        # Credit.
        DEPOSIT = "deposit", _("Deposit")
        DEPOSIT_REVERSED = "deposit_reversed", _("Deposit reversed")
        EARNINGS_TO_CREDIT = "earnings_to_credit", _("Earnings moved to credit")
        # Payouts.
        PAYOUT = "payout", _("Payout")
        PAYOUT_SETTLED = "payout_settled", _("Payout settled")
        PAYOUT_UNSETTLED = "payout_unsettled", _("Payout came back")
        PAYOUT_RETURNED = "payout_returned", _("Payout returned")
        PAYOUT_FEE = "payout_fee", _("Bank fee of a payout")
        WITHHOLDING = "withholding", _("Tax withheld")
        WITHHOLDING_RETURNED = "withholding_returned", _("Withheld tax returned")
        # The platform's own.
        GATEWAY_FEE = "gateway_fee", _("Gateway's fee")
        DISPUTE_LOSS = "dispute_loss", _("Loss from a dispute")
        DISPUTE_LOSS_BACK = "dispute_loss_back", _("Loss from a dispute made good")
        ADJUST_EARNINGS_UP = "adjust_earnings_up", _("Adjustment")
        ADJUST_EARNINGS_DOWN = "adjust_earnings_down", _("Adjustment")
        ADJUST_CREDIT_UP = "adjust_credit_up", _("Adjustment")
        ADJUST_CREDIT_DOWN = "adjust_credit_down", _("Adjustment")

    source = models.CharField(max_length=80, db_collation=BINARY)  # `line:17`
    kind = models.CharField(max_length=20, choices=Kind, db_collation=BINARY)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind"], name="transfer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class Line(InsertOnly):
    """Half of a transfer. Written once, never changed; both halves add up to zero."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, models.PROTECT, related_name="lines")
    cents = models.BigIntegerField()  # positive: into the account
    balance_cents = models.BigIntegerField(null=True)  # after it; null on platform accounts

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="line_moves_money"),
        ]
        indexes = [models.Index(fields=["account", "id"], name="line_statement")]

    def __str__(self) -> str:
        return f"{self.cents} {self.account_id}"
