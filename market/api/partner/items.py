"""Items in the exact shapes that partners' existing clients read."""

from django.templatetags.static import static

from market.api.partner.dates import iso
from market.api.partner.previews import PICTURES, previews
from market.api.partner.shapes import AttributeV3, ItemV3
from market.api.selectors import ItemRecord
from market.items.addresses import preview_url
from market.items.content.facts import card_summary
from market.tenancy import hosts
from market.tenancy.definitions import Marketplace


def domain(site: Marketplace) -> str:
    return f"{site.partner_key}.net"


def item_v3(record: ItemRecord) -> ItemV3:
    item, slug = record.item, record.site.slug
    path, description = item.category.path, item.detail.description_html
    shape: ItemV3 = {
        "id": item.pk,
        "name": item.name,
        "number_of_sales": item.stats.sales,
        "author_username": item.author.username,
        "author_url": hosts.link(slug, "discovery:author", username=item.author.username),
        "author_image": _author_image(record),
        "url": hosts.link(slug, "discovery:item", slug=item.slug, item_id=item.pk),
        "updated_at": iso(item.updated_at),
        "published_at": iso(item.published_at or item.created_at),
        "attributes": _attributes(record),
        "description": description,
        "description_html": description,
        "site": domain(record.site),
        "classification": path,
        "classification_url": hosts.link(slug, "discovery:category", path=path),
        "price_cents": int(item.card.get("price_cents", 0)),
        "summary": card_summary(record.site, item.card),
        "rating": round(item.stats.rating, 2),
        "rating_count": item.stats.rating_count,
        "trending": item.stats.trending > 0,
        "tags": item.detail.tags,
        "previews": previews(record),
    }
    thumbnail = record.preview("thumbnail") or record.first_preview(PICTURES)
    if thumbnail:
        shape["thumbnail_url"] = preview_url(thumbnail.key)
    return shape


def _author_image(record: ItemRecord) -> str:
    """Always an absolute address: clients put it into an `img`."""
    profile = getattr(record.item.author, "profile", None)
    if profile and profile.avatar_key:
        return preview_url(profile.avatar_key)
    return hosts.origin(record.site.slug) + static("img/mark.svg")


def _attributes(record: ItemRecord) -> list[AttributeV3]:
    values = record.item.detail.attributes
    return [
        {"name": one.key.replace("_", "-"), "label": one.label, "value": _text(values[one.key])}
        for one in record.site.attributes
        if one.key in values
    ]


def _text(value: object) -> str | list[str] | None:
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return None if value is None else str(value)
