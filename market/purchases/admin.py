from django.contrib import admin

from market.core.admin import ReadOnlyAdmin
from market.purchases.models import BuyerHold, Download, Order, Purchase, RefundRequest


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ("key", "buyer", "status", "total_cents", "currency", "created_at", "paid_at")
    list_filter = ("status",)
    list_select_related = ("buyer",)
    search_fields = ("key", "payment_ref")


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    list_display = ("code", "buyer", "item", "licence_code", "total_cents", "bought_at")
    list_select_related = ("buyer", "item")
    search_fields = ("code",)


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "item", "file_id", "address")
    list_select_related = ("user", "item")


@admin.register(RefundRequest)
class RefundRequestAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "purchase", "buyer", "author", "ground", "state", "answer_due_at")
    list_filter = ("state", "ground")
    list_select_related = ("purchase", "buyer", "author")


@admin.register(BuyerHold)
class BuyerHoldAdmin(ReadOnlyAdmin):
    list_display = ("buyer", "reason", "since", "lifted_at")
    list_select_related = ("buyer",)
