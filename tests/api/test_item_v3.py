"""The item as partners' clients know it, key for key."""

from datetime import UTC, datetime

import pytest

from market.items.models import ItemPreview
from tests import factories
from tests.api.clients import ApiClient

pytestmark = pytest.mark.django_db

FILES = "http://files.localhost/previews/"


def _item_v3(author, buyer, item):
    sale = factories.make_purchase(buyer=buyer, item=item)
    client = ApiClient(author, "sale:verify")
    return client.get(f"/v3/market/author/sale?code={sale.code}").json()["item"]


def _preview(item, kind, position=0, **facts):
    return ItemPreview.objects.create(
        version=item.live_version, kind=kind, position=position, key=f"previews/{kind}{position}",
        content_type="image/webp", width=590, height=300, facts=facts,
    )  # fmt: skip


def test_every_field_is_there(author, buyer):
    item = factories.make_item(author=author, name="Weather icons", price_cents=1900)
    item.published_at = item.updated_at = datetime(2026, 3, 24, 8, 30, 16, 999, tzinfo=UTC)
    item.card |= {"facts": [["Icons", "320"], ["Formats", "SVG, PNG"]], "price_cents": 2100}
    item.save(update_fields=["published_at", "updated_at", "card"])
    item.detail.attributes = {"ai_disclosure": "none", "formats_included": ["SVG", "PNG"]}
    item.detail.save(update_fields=["attributes"])
    item.stats.sales, item.stats.rating_sum, item.stats.rating_count = 7, 14, 3
    item.stats.save(update_fields=["sales", "rating_sum", "rating_count"])

    found = _item_v3(author, buyer, item)

    attributes = {one["name"]: one for one in found.pop("attributes")}
    assert attributes["ai-disclosure"]["value"] == "none"
    assert all(set(one) == {"name", "label", "value"} for one in attributes.values())
    assert found == {
        "id": item.pk,
        "name": "Weather icons",
        "number_of_sales": 7,
        "author_username": "author",
        "author_url": "http://graphics.localhost/authors/author/",
        "author_image": "http://graphics.localhost/static/img/mark.svg",
        "url": f"http://graphics.localhost/items/weather-icons/{item.pk}/",
        "updated_at": "2026-03-24T08:30:16+00:00",
        "published_at": "2026-03-24T08:30:16+00:00",
        "description": "<p>About Weather icons</p>",
        "description_html": "<p>About Weather icons</p>",
        "site": "graphicriver.net",
        "classification": "icons/line",
        "classification_url": "http://graphics.localhost/category/icons/line/",
        "price_cents": 2100,
        "summary": "Icons: 320, Formats: SVG, PNG",
        "rating": 4.67,
        "rating_count": 3,
        "trending": False,
        "tags": ["one", "two", "three"],
        "previews": {},
    }


def test_attributes_carry_the_sites_labels_and_texts(author, buyer):
    item = factories.make_item(author=author, site="audio", category="music/ambient")
    item.detail.attributes = {"ai_disclosure": "none", "bpm": 120, "is_looped": True, "gone": "x"}
    item.detail.save(update_fields=["attributes"])

    found = {one["name"]: one for one in _item_v3(author, buyer, item)["attributes"]}

    assert "gone" not in found  # not an attribute of the site
    assert found["ai-disclosure"]["label"]
    assert all(isinstance(one["value"], str | list) for one in found.values())


def test_a_themes_previews(author, buyer):
    item = factories.make_item(author=author, site="themes", category="site-templates/creative")
    for kind in ("thumbnail", "image"):
        _preview(item, kind)
    _preview(item, "gallery", 1)
    _preview(item, "live", index="index.html")

    found = _item_v3(author, buyer, item)

    icon, image = FILES + "thumbnail0", FILES + "image0"
    page = f"/items/{item.slug}/{item.pk}/preview/"
    picture = {"name": None, "width": 590, "height": 300}
    assert found["thumbnail_url"] == icon
    assert found["previews"] == {
        "icon_preview": {"icon_url": icon, "type": "icon_preview"},
        "landscape_preview": {
            "landscape_url": image,
            "image_urls": [picture | {"url": image}, picture | {"url": FILES + "gallery1"}],
            "type": "landscape_preview",
        },
        "icon_with_landscape_preview": {
            "icon_url": icon,
            "landscape_url": image,
            "type": "icon_with_landscape_preview",
        },
        "live_site": {"href": page, "url": "http://themes.localhost" + page, "type": "live_site"},
    }


def test_a_tracks_preview(author, buyer):
    item = factories.make_item(author=author, site="audio", category="music/ambient")
    _preview(item, "thumbnail")
    audio = _preview(item, "audio", seconds=3725.4)
    _preview(item, "waveform")

    found = _item_v3(author, buyer, item)["previews"]["icon_with_audio_preview"]

    assert found == {
        "icon_url": FILES + "thumbnail0",
        "mp3_url": FILES + "audio0",
        "mp3_preview_waveform_url": FILES + "waveform0",
        "mp3_preview_download_url": FILES + "audio0",
        "mp3_id": str(audio.pk),
        "length": {"hours": 1, "minutes": 2, "seconds": 5},
        "type": "icon_with_audio_preview",
    }


@pytest.mark.parametrize(
    ("site", "category", "kinds", "expected"),
    [
        ("video", "motion-graphics/lower-thirds", ["poster", "video"], "icon_with_video_preview"),
        ("photos", "nature/landscapes", ["sample"], "icon_with_thumbnail_preview"),
        ("photos", "nature/landscapes", ["sample"], "thumbnail_preview"),
        ("models", "props/household", ["image"], "icon_with_square_preview"),
        ("graphics", "icons/line", ["image"], "icon_with_square_preview"),
    ],
)
def test_each_site_has_the_previews_that_its_clients_look_for(
    author, buyer, site, category, kinds, expected
):
    item = factories.make_item(author=author, site=site, category=category)
    for kind in ("thumbnail", *kinds):
        _preview(item, kind)

    found = _item_v3(author, buyer, item)["previews"]

    assert found[expected]["type"] == expected
    assert all(values["type"] == kind for kind, values in found.items())


@pytest.mark.parametrize(
    ("site", "category", "domain"),
    [
        ("themes", "site-templates/creative", "themeforest.net"),
        ("code", "javascript/sliders", "codecanyon.net"),
        ("models", "props/household", "3docean.net"),
    ],
)
def test_a_site_has_the_domain_that_clients_know(author, buyer, site, category, domain):
    item = factories.make_item(author=author, site=site, category=category)

    assert _item_v3(author, buyer, item)["site"] == domain
