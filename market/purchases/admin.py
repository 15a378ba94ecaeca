from django.contrib import admin

from market.core.admin import ReadOnlyAdmin
from market.purchases.models import Download, Order, Purchase


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
