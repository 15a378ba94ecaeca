import io

import pytest

from market.items.content.validation import ItemContent
from market.items.models import Item, ItemVersion
from market.items.services import authoring, uploads
from market.jobs import services as jobs
from market.tenancy.registry import marketplace
from tests.items.samples import archive, picture

WORDS = "A calm set of icons, drawn on a grid of 24 pixels with rounded ends. " * 3


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    """Each test has a store of its own."""
    folder = tmp_path / "store"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder), "base_url": None},
        },
    }


def content(**changed) -> ItemContent:
    said = {
        "name": "Calm Icons",
        "summary": "Icons for quiet pages.",
        "description": WORDS,
        "tags": ("icons", "line", "calm"),
        "attributes": {
            "files_included": ["SVG"],
            "ai_disclosure": "none",
            "ai_training": "denied",
        },
        **changed,
    }
    return ItemContent(**said)


def prices(cents: int = 1900) -> dict[str, int]:
    site = marketplace("graphics")
    return {
        one.code: int(cents * (1 if one.is_default else one.suggested_multiple))
        for one in site.licences_for("icons")
    }


@pytest.fixture
def draft(author) -> Item:
    """An item of `graphics` with all its words and prices, without files."""
    made = authoring.create_item(
        author=author,
        site_id=marketplace("graphics").id,
        category_path="icons/line",
        content=content(),
    )
    authoring.set_prices(item=made, prices=prices())
    return made


def version_of(item: Item) -> ItemVersion:
    return item.versions.order_by("-number")[0]


def give(item: Item, role: str, name: str, file) -> None:
    """Upload bytes, or a file on the disk."""
    opened = io.BytesIO(file) if isinstance(file, bytes) else io.BytesIO(file.read_bytes())
    uploads.receive_upload(
        author=item.author, version=version_of(item), role=role, name=name, file=opened
    )


def give_all(item: Item) -> None:
    """The files that `graphics` asks for."""
    give(item, "main", "main.zip", archive({"icons/a.svg": b"<svg/>", "README.md": b"Hi"}))
    give(item, "thumbnail", "thumbnail.png", picture(160, 160))
    give(item, "preview_image", "preview.png", picture(1180, 600))


@pytest.fixture
def complete(draft) -> Item:
    give_all(draft)
    return draft


@pytest.fixture
def submitted(complete) -> Item:
    authoring.submit(item=complete, author=complete.author)
    jobs.run_ready(queues=["media"], raise_errors=True)
    complete.refresh_from_db()
    return complete
