"""Answers in the exact shapes that partners' existing clients read."""

from typing import Any

from market.api.partner.dates import dollars, iso, iso_or_none
from market.api.selectors import ItemRecord
from market.items.models import ItemPreview
from market.items.addresses import preview_url
from market.purchases.models import Purchase
from market.tenancy import hosts
from market.tenancy.definitions import Marketplace

Json = dict[str, Any]


def domain(site: Marketplace) -> str:
    return f"{site.partner_key}.net"


def item_v3(record: ItemRecord) -> Json:
    item, site = record.item, record.site
    description = item.detail.description_html
    category = item.category.path
    thumbnail = record.preview("thumbnail")
    return {
        "id": item.pk,
        "name": item.name,
        "number_of_sales": item.stats.sales,
        "author_username": item.author.username,
        "author_url": hosts.link(site.slug, "discovery:author", username=item.author.username),
        "author_image": _author_image(record),
        "url": hosts.link(site.slug, "discovery:item", slug=item.slug, item_id=item.pk),
        "updated_at": iso(item.updated_at),
        "published_at": iso(item.published_at or item.created_at),
        "attributes": _attributes(record),
        "description": description,
        "description_html": description,
        "site": domain(site),
        "classification": category,
        "classification_url": hosts.link(site.slug, "discovery:category", path=category),
        "price_cents": item.card.get("price_cents", 0),
        "summary": ", ".join(f"{label}: {value}" for label, value in item.card.get("facts", [])),
        "rating": round(item.stats.rating, 2),
        "rating_count": item.stats.rating_count,
        "trending": item.stats.trending > 0,
        "tags": item.detail.tags,
        "previews": _previews(record),
        **({"thumbnail_url": preview_url(thumbnail.key)} if thumbnail else {}),
    }


def _author_image(record: ItemRecord) -> str:
    profile = getattr(record.item.author, "profile", None)
    if profile and profile.avatar_key:
        return preview_url(profile.avatar_key)
    return ""


def _attributes(record: ItemRecord) -> list[Json]:
    values = record.item.detail.attributes
    return [
        {"name": one.key.replace("_", "-"), "label": one.label, "value": _text(values[one.key])}
        for one in record.site.attributes
        if one.key in values
    ]


def _text(value: Any) -> str | list[str] | None:
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return None if value is None else str(value)


def _previews(record: ItemRecord) -> Json:
    item = record.item
    thumbnail, image = record.preview("thumbnail"), record.preview("image")
    found: Json = {}
    if thumbnail:
        found["icon_preview"] = {"icon_url": preview_url(thumbnail.key)}
    if image:
        found["landscape_preview"] = {"landscape_url": preview_url(image.key)}
    if thumbnail and image:
        found["icon_with_landscape_preview"] = {
            "icon_url": preview_url(thumbnail.key),
            "landscape_url": preview_url(image.key),
        }
    if record.preview("live"):
        page = hosts.link(record.site.slug, "discovery:preview", slug=item.slug, item_id=item.pk)
        found["live_site"] = {"href": page.removeprefix(hosts.origin(record.site.slug)), "url": page}
    if thumbnail and (audio := record.preview("audio")):
        found["icon_with_audio_preview"] = _audio(record, thumbnail, audio)
    if thumbnail and image and (video := record.preview("video")):
        found["icon_with_video_preview"] = {
            "icon_url": preview_url(thumbnail.key),
            "landscape_url": preview_url(image.key),
            "video_url": preview_url(video.key),
        }
    return {kind: {**values, "type": kind} for kind, values in found.items()}


def _audio(record: ItemRecord, thumbnail: ItemPreview, audio: ItemPreview) -> Json:
    seconds = int(audio.facts.get("seconds", 0))
    waveform = record.preview("waveform")
    return {
        "icon_url": preview_url(thumbnail.key),
        "mp3_url": preview_url(audio.key),
        "mp3_preview_waveform_url": preview_url(waveform.key) if waveform else None,
        "mp3_preview_download_url": preview_url(audio.key),
        "mp3_id": str(audio.pk),
        "length": {
            "hours": seconds // 3600,
            "minutes": seconds // 60 % 60,
            "seconds": seconds % 60,
        },
    }


def licence_name(purchase: Purchase, site: Marketplace) -> str:
    """The two names that clients know; a licence that has no counterpart keeps its own."""
    terms = site.licence(purchase.licence_code)
    if terms is None or terms.is_default:
        return "Regular License"
    return "Extended License" if terms.code == "extended" else terms.name


def sale(purchase: Purchase, record: ItemRecord, *, purchase_count: int) -> Json:
    """`amount` is what the author earned."""
    return {
        "amount": dollars(purchase.item_price_cents - purchase.author_fee_cents),
        "sold_at": iso(purchase.bought_at),
        "license": licence_name(purchase, record.site),
        "support_amount": "0.00",
        "supported_until": iso_or_none(purchase.support_until),
        "item": item_v3(record),
        "buyer": purchase.buyer.username,
        "purchase_count": purchase_count,
    }
