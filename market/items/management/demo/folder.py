"""What lies in `demo/`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "demo"


@dataclass(frozen=True, slots=True)
class DemoItem:
    """`name` is `site/slug`, as the purchases name it."""

    name: str
    folder: Path
    said: dict[str, Any]  # its item.toml


def read_people() -> dict[str, Any]:
    return _read(FOLDER / "people.toml")


def read_authors() -> list[dict[str, Any]]:
    return list(_read(FOLDER / "authors.toml")["author"])


def read_promotions() -> list[dict[str, Any]]:
    return list(_read(FOLDER / "promotions.toml")["promotion"])


def read_items() -> list[DemoItem]:
    """The oldest first, so that the lists of the newest come out right."""
    found = [
        DemoItem(f"{path.parent.parent.name}/{path.parent.name}", path.parent, _read(path))
        for path in sorted(FOLDER.glob("*/*/item.toml"))
    ]
    return sorted(found, key=lambda one: -int(one.said.get("published_days_ago", 0)))


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
