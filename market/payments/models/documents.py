from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.core.ids import BINARY
from market.core.insert_only import InsertOnly
from market.payments.models.ledger import Account
from market.users.models import User


class DocumentKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    CERTIFICATE = "certificate", _("Licence certificate")
    SELF_BILLED_STATEMENT = "self_billed_statement", _("Self-billed statement")


class DocumentOwed(models.Model):
    """A document that somebody has a right to; a job gives it its number and takes this row away.

    Written in the transaction of what causes it, where numbering would make every sale wait for
    the one before it. What it says is frozen here already: the table refuses an UPDATE.
    """

    kind = models.CharField(max_length=24, choices=DocumentKind, db_collation=BINARY)
    source = models.CharField(max_length=80, db_collation=BINARY)  # `order:KEY`
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "source"], name="document_owed_once"),
        ]
        indexes = [models.Index(fields=["kind", "id"], name="document_owed_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class DocumentSeries(models.Model):
    """The counter of one series: its row is locked by the job that gives numbers, by no sale."""

    name = models.CharField(max_length=20, unique=True, db_collation=BINARY)  # `INV-2026`
    last_number = models.PositiveIntegerField(default=0)
    last_issued_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Document(InsertOnly):
    """A document as it was issued. Drawn from `data` alone, so that it never says another thing."""

    kind = models.CharField(max_length=24, choices=DocumentKind, db_collation=BINARY)
    series = models.CharField(max_length=20, db_collation=BINARY)
    number = models.PositiveIntegerField()  # from 1 in each series, without a gap
    code = models.CharField(max_length=32, unique=True, db_collation=BINARY)  # `INV-2026-000001`
    source = models.CharField(max_length=80, db_collation=BINARY)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    data = models.JSONField()
    data_sha256 = models.CharField(max_length=64, db_collation=BINARY)  # of document_data.digest
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="document_number_once"),
            models.UniqueConstraint(fields=["kind", "source"], name="document_once"),
        ]
        indexes = [models.Index(fields=["user", "id"], name="document_user")]

    def __str__(self) -> str:
        return self.code


class BillingRun(models.Model):
    """One month's self-billed statements, as far as they are made: a job takes it up again."""

    month = models.CharField(max_length=7, unique=True, db_collation=BINARY)  # `2026-10`
    after_account_id = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.month


class BilledAccount(models.Model):
    """Up to which line an author's account stands on statements: no line is on two, or on none."""

    account = models.OneToOneField(Account, models.PROTECT, primary_key=True)
    last_line_id = models.BigIntegerField()
    balance_cents = models.BigIntegerField()  # after that line

    def __str__(self) -> str:
        return f"{self.account_id} up to {self.last_line_id}"
