from django.contrib import admin

from market.core.admin import ReadOnlyAdmin
from market.payments.models import (
    Account,
    Adjustment,
    AuthorFeeRate,
    Balance,
    BuyerFee,
    Dispute,
    Document,
    LedgerCheck,
    Line,
    Payment,
    PaymentCase,
    PaymentRefund,
    Payout,
    ReconciliationCase,
    StaffAct,
    SupportRate,
    TaxRate,
    Transfer,
    TreatyRate,
    WebhookEvent,
)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("kind", "scope", "currency")
    list_filter = ("kind",)
    search_fields = ("scope",)


@admin.register(Balance)
class BalanceAdmin(ReadOnlyAdmin):
    list_display = ("account", "balance_cents", "lifetime_cents")
    list_select_related = ("account",)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("source", "kind", "created_at")
    search_fields = ("source",)


@admin.register(Line)
class LineAdmin(ReadOnlyAdmin):
    list_display = ("transfer", "account", "cents", "balance_cents")
    list_select_related = ("transfer", "account")


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    list_display = ("idempotency_key", "status", "cents", "currency", "created_at", "settled_at")
    list_filter = ("status", "gateway")
    search_fields = ("idempotency_key", "gateway_ref", "purpose")


@admin.register(PaymentCase)
class PaymentCaseAdmin(ReadOnlyAdmin):
    list_display = ("payment", "reason", "note", "opened_at", "resolved_at")
    list_filter = ("reason",)
    list_select_related = ("payment",)


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ("event_id", "gateway", "kind", "state", "note", "received_at")
    list_filter = ("state", "gateway")
    search_fields = ("event_id", "gateway_ref")


@admin.register(BuyerFee)
class BuyerFeeAdmin(ReadOnlyAdmin):
    list_display = ("site_id", "licence_code", "cents", "valid_from", "valid_until")


@admin.register(AuthorFeeRate)
class AuthorFeeRateAdmin(ReadOnlyAdmin):
    list_display = ("is_exclusive", "from_lifetime_cents", "rate_bp", "valid_from", "valid_until")


@admin.register(PaymentRefund)
class PaymentRefundAdmin(ReadOnlyAdmin):
    list_display = ("source", "payment", "cents", "currency", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("payment",)
    search_fields = ("source", "gateway_ref")


@admin.register(ReconciliationCase)
class ReconciliationCaseAdmin(ReadOnlyAdmin):
    list_display = ("kind", "ref", "note", "opened_at", "resolved_at")
    list_filter = ("kind", "gateway")
    search_fields = ("ref",)


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ("gateway_ref", "payment", "cents", "currency", "status", "opened_at")
    list_filter = ("status",)
    list_select_related = ("payment",)
    search_fields = ("gateway_ref",)


@admin.register(SupportRate)
class SupportRateAdmin(ReadOnlyAdmin):
    list_display = ("site_id", "kind", "rate_bp", "fee_bp", "valid_from", "valid_until")


@admin.register(TaxRate)
class TaxRateAdmin(ReadOnlyAdmin):
    list_display = ("country", "area", "rate_bp", "valid_from", "valid_until")
    list_filter = ("area",)


@admin.register(TreatyRate)
class TreatyRateAdmin(ReadOnlyAdmin):
    list_display = ("country", "rate_bp", "valid_from")
    list_filter = ("country",)


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ("idempotency_key", "author", "cents", "currency", "state", "held_for")
    list_filter = ("state", "method")
    list_select_related = ("author",)
    search_fields = ("idempotency_key", "gateway_ref")
    exclude = ("destination", "bic")  # where somebody's money goes is for the payout alone


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind", "source", "issued_at")
    list_filter = ("kind",)
    search_fields = ("code", "source")


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "stage", "read", "fault_count", "finished_at")


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "user", "cents", "currency", "requested_by", "reason")
    list_select_related = ("user", "requested_by")


@admin.register(StaffAct)
class StaffActAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "staff", "act", "subject", "reason")
    list_filter = ("act",)
    list_select_related = ("staff",)
    search_fields = ("subject",)
