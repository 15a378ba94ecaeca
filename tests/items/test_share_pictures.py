"""What a link to an item shows where it is shared."""

import io

import pytest
from django.conf import settings
from django.core.management import call_command
from PIL import Image

from market.core import storage
from market.items import tasks
from market.items.making import shares as making
from market.items.models import Item, ItemPreview
from market.items.services import authoring, publishing, shares
from market.jobs import services as jobs
from market.tenancy.registry import marketplaces
from tests import factories
from tests.conftest import host_client

FACE = shares.site_style(marketplaces()[0]).face


def drawn(item) -> ItemPreview:
    return ItemPreview.objects.get(version=item.live_version, kind="share")


def opened(row: ItemPreview) -> Image.Image:
    with storage.open_file(row.key) as file:
        return Image.open(io.BytesIO(file.read()))


@pytest.fixture
def item(sites):
    return factories.make_item(name="Weather icons")


def test_a_link_to_an_item_shows_its_own_picture(item):
    page = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/").content.decode()
    assert "/static/sites/graphics/share.jpg" in page  # until the job has drawn it

    tasks.publish_effects.call(item_id=item.pk)
    jobs.run_ready(queues=["media"], raise_errors=True)

    row = drawn(item)
    assert (opened(row).format, opened(row).size) == ("JPEG", (1200, 630))
    page = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/").content.decode()
    address = f"http://files.localhost/{row.key}"
    assert f'<meta property="og:image" content="{address}">' in page
    response = host_client("files").get(f"/{row.key}")
    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    response.close()


def test_it_is_drawn_anew_only_when_what_it_shows_changes(item):
    publishing.refresh(item)
    shares.make_share_picture(item_id=item.pk)
    first = drawn(item)

    shares.make_share_picture(item_id=item.pk)
    assert drawn(item).pk == first.pk

    prices = {one.licence_code: 2 * one.cents for one in item.prices.all()}
    authoring.set_prices(item=item, prices=prices)
    jobs.run_ready(queues=["search", "media", "default"], raise_errors=True)
    assert drawn(item).pk == first.pk  # the price is not in it

    Item.objects.filter(pk=item.pk).update(name="Weather icons, the second set")
    shares.make_share_picture(item_id=item.pk)
    jobs.run_ready(queues=["default"], raise_errors=True)
    assert drawn(item).key != first.key
    assert not storage.exists(first.key)


def test_what_is_not_on_sale_gets_none(sites):
    item = factories.make_item(status="paused")

    shares.make_share_picture(item_id=item.pk)
    shares.make_share_picture(item_id=item.pk + 1000)

    assert not ItemPreview.objects.filter(kind="share").exists()


@pytest.mark.parametrize("name", ["名前のある雲", "أيقونات الطقس", "🎧🎹", "Ünïcode “café” – №"])
def test_no_letter_becomes_an_empty_box(name, tmp_path):
    style = shares.site_style(marketplaces()[0])
    folders = [tmp_path / "named", tmp_path / "nameless"]
    for folder, shown in zip(folders, (name, ""), strict=True):
        folder.mkdir()
        making.make_share(folder, style=style, name=shown, byline="Studio")
    named, nameless = ((folder / "share.jpg").read_bytes() for folder in folders)

    assert (named == nameless) == (not making.has_letters(FACE, name))
    assert making.has_letters(FACE, "Über “café” – 3 × 4…")


def test_a_face_that_is_not_installed_leaves_the_words_out(tmp_path):
    style = making.ShareStyle(
        accent="#123456", on_accent="#ffffff", face=tmp_path / "none.woff2",
        mark=settings.SITES_DIR / "photos" / "logo.svg",
    )  # fmt: skip

    made = making.make_share(tmp_path, style=style, name="A", byline="B", peaks=[0.1, 1.0])

    assert made.outputs[0].path.stat().st_size > 1000


def test_long_names_end_in_an_ellipsis():
    font = making.face(FACE, 50, 700)
    assert font is not None
    for name in ("word " * 60, "w" * 100, "short"):
        lines = making.wrapped(name, font, 900)

        assert 1 <= len(lines) <= 2
        assert all(font.getlength(line) <= 900 for line in lines)
        assert ("…" in lines[-1]) == (name != "short")


def test_each_site_has_a_picture_and_a_mark():
    for site in marketplaces():
        with Image.open(settings.SITES_DIR / site.slug / "share.jpg") as picture:
            assert picture.size == (1200, 630)
        low, high = making.mark_mask(settings.SITES_DIR / site.slug / "logo.svg", 84).getextrema()
        assert (low, high) == (0, 255)


def test_what_came_on_sale_before_is_drawn_by_a_command(item, capsys):
    other = factories.make_item(name="Arrows", status=Item.Status.PAUSED)

    call_command("draw_share_pictures", verbosity=0)
    call_command("draw_share_pictures", verbosity=0)

    assert drawn(item)
    assert not other.live_version.previews.filter(kind="share").exists()
    assert capsys.readouterr().out == "1 pictures drawn.\n0 pictures drawn.\n"
