"""An item's `previews` as partners' clients know them: each kind that its files allow."""

from typing import Any

from market.api.selectors import ItemRecord
from market.items.addresses import preview_url
from market.items.models import ItemPreview
from market.tenancy import hosts
from market.tenancy.definitions.enums import Card

Json = dict[str, Any]
PICTURES = ("image", "sample", "poster", "turntable", "gallery", "wireframe")
# Which habit a site's clients expect of still pictures, by the card that its lists draw.
SQUARES = (Card.SQUARE, Card.PORTRAIT)


def previews(record: ItemRecord) -> Json:
    found: Json = {}
    icon, picture = record.preview("thumbnail"), record.first_preview(PICTURES)
    icon = icon or picture
    if icon:
        found["icon_preview"] = {"icon_url": preview_url(icon.key)}
    if icon and picture:
        found |= _stills(record, preview_url(icon.key), picture)
    if record.preview("live"):
        found["live_site"] = _live_site(record)
    if icon and (audio := record.preview("audio")):
        found["icon_with_audio_preview"] = _audio(record, preview_url(icon.key), audio)
    if icon and (video := record.preview("video")):
        found["icon_with_video_preview"] = {
            "icon_url": preview_url(icon.key),
            "landscape_url": preview_url((picture or icon).key),
            "video_url": preview_url(video.key),
        }
    return {kind: {**values, "type": kind} for kind, values in found.items()}


def _stills(record: ItemRecord, icon_url: str, picture: ItemPreview) -> Json:
    url, images = preview_url(picture.key), [_image(row) for row in record.all_previews(PICTURES)]
    size = {"thumbnail_width": picture.width or 0, "thumbnail_height": picture.height or 0}
    found: Json = {
        "landscape_preview": {"landscape_url": url, "image_urls": images},
        "icon_with_landscape_preview": {"icon_url": icon_url, "landscape_url": url},
    }
    if record.site.card is Card.JUSTIFIED_GRID:
        found["icon_with_thumbnail_preview"] = {"icon_url": icon_url, "thumbnail_url": url, **size}
    if record.site.card in SQUARES:
        found["icon_with_square_preview"] = {
            "icon_url": icon_url,
            "square_url": url,
            "image_urls": images,
        }
    if record.site.card in (Card.JUSTIFIED_GRID, *SQUARES):
        found["thumbnail_preview"] = {
            "small_url": icon_url,
            "large_url": url,
            "large_width": picture.width or 0,
            "large_height": picture.height or 0,
        }
    return found


def _image(row: ItemPreview) -> Json:
    return {
        "name": None,
        "url": preview_url(row.key),
        "width": row.width or 0,
        "height": row.height or 0,
    }


def _live_site(record: ItemRecord) -> Json:
    """Clients read `href`, below the site's address, or `url`."""
    item, site = record.item, record.site.slug
    page = hosts.link(site, "discovery:live_preview", slug=item.slug, item_id=item.pk)
    return {"href": page.removeprefix(hosts.origin(site)), "url": page}


def _audio(record: ItemRecord, icon_url: str, audio: ItemPreview) -> Json:
    seconds = int(audio.facts.get("seconds", 0))
    waveform = record.preview("waveform")
    return {
        "icon_url": icon_url,
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
