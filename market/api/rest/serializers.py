"""The native surface's shapes: each field spelt out; none saves. Money is integer cents."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from market.api.selectors import ItemRecord
from market.items.addresses import live_url, preview_url
from market.items.models import ItemPreview, ItemVersion
from market.purchases.models import Purchase
from market.purchases.selectors.offers import Offer
from market.tenancy import hosts
from market.tenancy.registry import marketplace_by_id


class NextCursor(serializers.CharField):
    """Declared once: null on the last page."""

    def __init__(self) -> None:
        super().__init__(allow_null=True, help_text="`cursor` of the next page; null on the last.")


class PreviewSerializer(serializers.Serializer[ItemPreview]):
    """Something public to look at or listen to; `live` has the address of a page."""

    kind = serializers.CharField()
    url = serializers.SerializerMethodField()
    content_type = serializers.CharField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)

    def get_url(self, row: ItemPreview) -> str:
        return live_url(row) if row.kind == "live" else preview_url(row.key)


class ItemSerializer(serializers.Serializer[ItemRecord]):
    id = serializers.IntegerField(source="item.pk")
    marketplace = serializers.CharField(source="site.slug")
    name = serializers.CharField(source="item.name")
    summary = serializers.CharField(source="item.summary")
    url = serializers.SerializerMethodField()
    category = serializers.CharField(source="item.category.path")
    author = serializers.CharField(source="item.author.username")
    is_for_sale = serializers.BooleanField(source="item.is_for_sale")
    price_cents = serializers.SerializerMethodField(
        help_text="The default licence's price with the buyer fee in it."
    )
    currency = serializers.CharField(source="site.pricing.currency")
    sales = serializers.IntegerField(source="item.stats.sales")
    rating = serializers.FloatField(source="item.stats.rating")
    rating_count = serializers.IntegerField(source="item.stats.rating_count")
    published_at = serializers.DateTimeField(source="item.published_at")
    updated_at = serializers.DateTimeField(source="item.updated_at")
    thumbnail_url = serializers.SerializerMethodField()

    def get_url(self, record: ItemRecord) -> str:
        item = record.item
        return hosts.link(record.site.slug, "discovery:item", slug=item.slug, item_id=item.pk)

    def get_price_cents(self, record: ItemRecord) -> int:
        return int(record.item.card.get("price_cents", 0))

    def get_thumbnail_url(self, record: ItemRecord) -> str | None:
        thumbnail = record.preview("thumbnail")
        return preview_url(thumbnail.key) if thumbnail else None


class LicenceOfferSerializer(serializers.Serializer[Offer]):
    """A licence under which the item can be bought today."""

    code = serializers.CharField(source="licence.code")
    name = serializers.CharField(source="licence.name")
    total_cents = serializers.IntegerField(help_text="What a buyer pays, everything in it.")
    support_months = serializers.IntegerField()


class ItemDetailSerializer(ItemSerializer):
    description_html = serializers.CharField(source="item.detail.description_html")
    attributes = serializers.DictField(
        source="item.detail.attributes",
        help_text="By key; the keys and their values are those of the marketplace.",
    )
    tags = serializers.ListField(child=serializers.CharField(), source="item.detail.tags")
    attribution = serializers.CharField(
        source="item.detail.attribution", help_text="The credit that its licence asks for."
    )
    previews = PreviewSerializer(many=True, source="all_previews")
    licences = serializers.SerializerMethodField(help_text="None while it is not for sale.")

    @extend_schema_field(LicenceOfferSerializer(many=True))
    def get_licences(self, record: ItemRecord) -> list[dict[str, Any]]:
        offers = self.context["offers"] if record.item.is_for_sale else []
        return [dict(LicenceOfferSerializer(offer).data) for offer in offers]


class ItemPageSerializer(serializers.Serializer[Any]):
    results = ItemSerializer(many=True)
    next_cursor = NextCursor()


class VersionSerializer(serializers.Serializer[ItemVersion]):
    number = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # REST framework takes it off
    changelog = serializers.CharField()
    approved_at = serializers.DateTimeField()


class VersionListSerializer(serializers.Serializer[Any]):
    results = VersionSerializer(many=True)


class CategorySerializer(serializers.Serializer[Any]):
    path = serializers.CharField()
    name = serializers.CharField()


class CategoryListSerializer(serializers.Serializer[Any]):
    results = CategorySerializer(many=True)


class MarketplaceSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    tagline = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, site: Any) -> str:
        return hosts.origin(site.slug) + "/"


class MarketplaceListSerializer(serializers.Serializer[Any]):
    results = MarketplaceSerializer(many=True)


class AuthorSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    display_name = serializers.CharField(source="profile.display_name")
    bio = serializers.CharField(source="profile.bio")
    country = serializers.CharField(source="profile.country")
    member_since = serializers.DateTimeField(source="profile.member_since")


class SaleSerializer(serializers.Serializer[Purchase]):
    """A sale as its author sees it."""

    code = serializers.UUIDField()
    item_id = serializers.IntegerField()
    item_name = serializers.CharField(source="item.name")
    marketplace = serializers.SerializerMethodField()
    licence = serializers.CharField(source="licence_code")
    buyer = serializers.CharField(source="buyer.username")
    sold_at = serializers.DateTimeField(source="bought_at")
    support_until = serializers.DateTimeField(allow_null=True)
    item_price_cents = serializers.IntegerField()
    author_fee_cents = serializers.IntegerField()
    earnings_cents = serializers.SerializerMethodField()
    currency = serializers.CharField()

    def get_marketplace(self, row: Purchase) -> str:
        return marketplace_by_id(row.site_id).slug

    def get_earnings_cents(self, row: Purchase) -> int:
        return row.item_price_cents - row.author_fee_cents


class SalePageSerializer(serializers.Serializer[Any]):
    results = SaleSerializer(many=True)
    next_cursor = NextCursor()


class PurchaseSerializer(serializers.Serializer[Purchase]):
    """A purchase as its buyer sees it."""

    code = serializers.UUIDField()
    item_id = serializers.IntegerField()
    item_name = serializers.CharField(source="item.name")
    author = serializers.CharField(source="author.username")
    marketplace = serializers.SerializerMethodField()
    licence = serializers.CharField(source="licence_code")
    bought_at = serializers.DateTimeField()
    support_until = serializers.DateTimeField(allow_null=True)
    is_reversed = serializers.SerializerMethodField(help_text="By a refund or a dispute.")
    total_cents = serializers.IntegerField()
    currency = serializers.CharField()

    def get_marketplace(self, row: Purchase) -> str:
        return marketplace_by_id(row.site_id).slug

    def get_is_reversed(self, row: Purchase) -> bool:
        return not row.is_valid


class PurchasePageSerializer(serializers.Serializer[Any]):
    results = PurchaseSerializer(many=True)
    next_cursor = NextCursor()


class FileLinkSerializer(serializers.Serializer[Any]):
    """A link that needs no token, and how to check what it gives."""

    name = serializers.CharField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    url = serializers.URLField()
    expires_in_seconds = serializers.IntegerField()


class FileListSerializer(serializers.Serializer[Any]):
    results = FileLinkSerializer(many=True)
