from market.payments.models.cases import ReconciliationCase
from market.payments.models.checks import (
    AccountSnapshot,
    CheckedSum,
    LedgerCheck,
    LedgerMark,
)
from market.payments.models.credit import Deposit
from market.payments.models.disputes import Dispute
from market.payments.models.documents import (
    BilledAccount,
    BillingRun,
    Document,
    DocumentKind,
    DocumentOwed,
    DocumentSeries,
)
from market.payments.models.ledger import (
    Account,
    Balance,
    Line,
    Transfer,
)
from market.payments.models.payments import (
    Payment,
    PaymentCase,
    WebhookEvent,
)
from market.payments.models.payouts import (
    Payout,
    PayoutAccount,
    PayoutAccountChange,
    PayoutBatch,
    PayoutEvent,
    PayoutMethod,
    TaxForm,
    TreatyRate,
)
from market.payments.models.rates import (
    AuthorFeeRate,
    BuyerFee,
    SupportRate,
    TaxRate,
)
from market.payments.models.refunds import PaymentRefund
from market.payments.models.sandbox import (
    SandboxPayment,
    SandboxPayout,
    SandboxRefund,
    SandboxReport,
)
from market.payments.models.staff_acts import (
    Adjustment,
    AdjustmentDecision,
    StaffAct,
)
from market.payments.models.vat import VatCheck

__all__ = [
    "Account",
    "AccountSnapshot",
    "Adjustment",
    "AdjustmentDecision",
    "AuthorFeeRate",
    "Balance",
    "BilledAccount",
    "BillingRun",
    "BuyerFee",
    "CheckedSum",
    "Deposit",
    "Dispute",
    "Document",
    "DocumentKind",
    "DocumentOwed",
    "DocumentSeries",
    "LedgerCheck",
    "LedgerMark",
    "Line",
    "Payment",
    "PaymentCase",
    "PaymentRefund",
    "Payout",
    "PayoutAccount",
    "PayoutAccountChange",
    "PayoutBatch",
    "PayoutEvent",
    "PayoutMethod",
    "ReconciliationCase",
    "SandboxPayment",
    "SandboxPayout",
    "SandboxRefund",
    "SandboxReport",
    "StaffAct",
    "SupportRate",
    "TaxForm",
    "TaxRate",
    "Transfer",
    "TreatyRate",
    "VatCheck",
    "WebhookEvent",
]
