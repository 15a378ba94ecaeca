"""The catalogue for staff: to look things up. Whatever changes goes through services."""

from django.contrib import admin

from market.core.admin import ReadOnlyAdmin
from market.items.models import (
    Category,
    Item,
    ItemEvent,
    ItemVersion,
    Licence,
    Promotion,
    Upload,
)


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "site_id", "status", "author", "published_at")
    list_filter = ("status", "site_id")
    list_select_related = ("author",)
    search_fields = ("=id", "author__username")


@admin.register(ItemVersion)
class ItemVersionAdmin(ReadOnlyAdmin):
    list_display = ("id", "item", "number", "status", "submitted_at", "approved_at")
    list_filter = ("status",)
    list_select_related = ("item",)


@admin.register(ItemEvent)
class ItemEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "item", "from_status", "to_status", "actor", "created_at")
    list_select_related = ("item", "actor")


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "role", "state", "refusal", "created_at")
    list_filter = ("state",)


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    list_display = ("path", "name", "site_id", "retired_at")
    list_filter = ("site_id",)


@admin.register(Licence)
class LicenceAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "site_id", "text_version", "retired_at")
    list_filter = ("site_id",)


@admin.register(Promotion)
class PromotionAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "site_id", "item", "author", "starts_at", "ends_at", "ended_at")
    list_filter = ("kind", "site_id")
    list_select_related = ("item", "author")
