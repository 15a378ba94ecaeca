"""Every file and word of demo/ against the rules of its site."""

import re
import tomllib
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from market.tenancy.definitions import (
    AttributeDef,
    AttributeType,
    FileRole,
    Marketplace,
    format_of,
    load_marketplaces,
)

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "demo"
SITES = {site.slug: site for site in load_marketplaces(ROOT / "sites")}
FOLDERS = sorted(path.parent for path in DEMO.glob("*/*/item.toml"))
KEYS = {
    *("name", "slug", "site", "category", "author", "version", "published_days_ago"),
    *("price_cents", "tags", "summary", "description"),
    *("attributes", "licence", "origin", "files"),
}
PICTURES = {"jpg", "png"}
PATTERNS = {
    AttributeType.TEXT: r"\S.*",
    AttributeType.VERSION: r"\d+\.\d+(\.\d+)?",
    AttributeType.COLOUR: "#[0-9A-F]{6}",
    AttributeType.COUNTRY: "[A-Z]{2}",
}


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


ITEMS = {f"{folder.parent.name}/{folder.name}": read(folder / "item.toml") for folder in FOLDERS}
AUTHORS = {author["username"]: author for author in read(DEMO / "authors.toml")["author"]}
PEOPLE = read(DEMO / "people.toml")


@pytest.fixture(params=FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def folder(request) -> Path:
    return Path(request.param)


@pytest.fixture
def item(folder) -> dict[str, Any]:
    return ITEMS[f"{folder.parent.name}/{folder.name}"]


@pytest.fixture
def site(item) -> Marketplace:
    return SITES[item["site"]]


@pytest.fixture
def top(item) -> str:
    return str(item["category"]).split("/")[0]


def names_in(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return [entry.filename for entry in opened.infolist() if not entry.is_dir()]


def test_there_are_54_items_on_seven_sites():
    assert len(FOLDERS) == 54
    assert {item["site"] for item in ITEMS.values()} == set(SITES)


def test_an_item_stands_in_its_folder_and_has_known_keys_only(folder, item):
    assert (item["site"], item["slug"]) == (folder.parent.name, folder.name)
    assert set(item) == KEYS
    assert {"spdx", "attribution"} == set(item["licence"])
    assert {"source", "package", "version", "author"} <= set(item["origin"])


def test_an_item_belongs_to_a_leaf_and_to_an_author_of_the_site(item, site):
    category = site.category(item["category"])
    assert category is not None
    assert category.is_leaf
    assert item["site"] in AUTHORS[item["author"]]["sells_on"]


def test_the_words_keep_the_limits_of_the_form(item, site):
    limits = site.item
    assert 0 < len(item["name"]) <= limits.title_max_chars
    assert 0 < len(item["summary"]) <= limits.summary_max_chars
    description = item["description"].strip()
    assert limits.description_min_chars <= len(description) <= limits.description_max_chars
    assert limits.tags_min <= len(item["tags"]) == len(set(item["tags"])) <= limits.tags_max
    assert max(len(tag) for tag in item["tags"]) <= limits.tag_max_chars


def test_the_price_keeps_bounds_and_step(item, site):
    pricing, cents = site.pricing, item["price_cents"]
    assert pricing.item_price_min_cents <= cents <= pricing.item_price_max_cents
    assert cents % pricing.item_price_step_cents == 0


def test_required_attributes_are_there_and_all_are_valid(item, site, top):
    known = {attribute.key: attribute for attribute in site.attributes_for(top)}
    values = item["attributes"]
    assert [key for key in values if key not in known] == []
    assert [key for key, one in known.items() if one.required and key not in values] == []
    for key, value in values.items():
        assert not attribute_fault(known[key], value), key


def attribute_fault(attribute: AttributeDef, value: object) -> str:
    """What is wrong with the value; empty when it is right."""
    values = value if isinstance(value, list) else [value]
    if attribute.holds_many != isinstance(value, list):
        return "a list for many, one value for one"
    if len(set(values)) != len(values) or len(values) > (attribute.max_values or len(values)):
        return "repeated or too many"
    return next((fault for one in values if (fault := value_fault(attribute, one))), "")


def value_fault(attribute: AttributeDef, value: Any) -> str:
    if attribute.options:
        return "" if value in attribute.options else f"{value!r} is no option"
    if attribute.type in PATTERNS:
        matches = isinstance(value, str) and re.fullmatch(PATTERNS[attribute.type], value)
        return "" if matches else f"{value!r} is no {attribute.type}"
    if attribute.type is AttributeType.BOOL:
        return "" if isinstance(value, bool) else "true or false"
    numbers = (int, float) if attribute.type is AttributeType.DECIMAL else (int,)
    if type(value) not in numbers:
        return f"a number, not {value!r}"
    low, high = attribute.minimum or 0, attribute.maximum or Decimal("inf")
    return "" if low <= Decimal(str(value)) <= high else "out of range"


def test_all_required_files_are_there_and_each_is_of_a_known_role(folder, item, site, top):
    files = item["files"]
    for name in files.values():
        assert (folder / name).is_file()
    assert {path.name for path in folder.iterdir()} == {"item.toml", *files.values()}
    assert set(files) <= {role.role for role in site.file_roles_for(top) if role.is_upload}
    for role in site.required_file_roles(top):
        if not role.inside:
            assert {role.role, *role.alternatives} & set(files), role.role


def test_each_file_keeps_the_rules_of_its_role(folder, item, site, top):
    for key, name in item["files"].items():
        role, path = site.file_role(key, top), folder / name
        assert role is not None
        assert role.accepts(name) or (role.zip_allowed and format_of(name) == "zip"), key
        assert path.stat().st_size <= (role.max_bytes or 0), key
        if format_of(name) in PICTURES:
            with Image.open(path) as picture:
                assert picture.format == {"jpg": "JPEG", "png": "PNG"}[format_of(name)]
                assert picture_fault(role, picture) == "", key
        if format_of(name) == "zip" and role.zip_allowed:
            assert pictures_fault(role, path) == "", key
        elif format_of(name) == "zip":
            assert archive_fault(role, path) == "", key


def picture_fault(role: FileRole, picture: Image.Image) -> str:
    width, height = picture.size
    megapixels = Decimal(width * height) / 1_000_000
    lows: list[tuple[Decimal | int | None, Decimal | int]] = [
        (role.min_width, width),
        (role.min_height, height),
        (role.min_long_side, max(width, height)),
        (role.min_short_side, min(width, height)),
        (role.min_megapixels, megapixels),
    ]
    if any(low is not None and low > actual for low, actual in lows):
        return f"too small: {width}x{height}"
    if role.max_height is not None and height > role.max_height:
        return f"too high: {height}"
    if role.aspect_ratio is not None and role.aspect_tolerance is not None:
        off = abs(Decimal(width) / height / role.aspect_ratio - 1)
        return "" if off <= role.aspect_tolerance else f"out of shape: {width}x{height}"
    return ""


def pictures_fault(role: FileRole, path: Path) -> str:
    with zipfile.ZipFile(path) as opened:
        for name in opened.namelist():
            if not role.accepts(name):
                return f"no picture: {name}"
            with opened.open(name) as stream, Image.open(stream) as picture:
                if fault := picture_fault(role, picture):
                    return f"{name}: {fault}"
    return ""


def archive_fault(role: FileRole, path: Path) -> str:
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
        entries = [entry for entry in opened.infolist() if not entry.is_dir()]
    names = [entry.filename for entry in entries]
    if role.max_entries is not None and len(names) > role.max_entries:
        return "too many entries"
    unpacked = sum(entry.file_size for entry in entries)
    if role.max_unpacked_bytes is not None and unpacked > role.max_unpacked_bytes:
        return "too large when unpacked"
    strangers = [name for name in names if not role.may_hold(name)]
    missing = [*role.missing_formats(names), *role.missing_files(names)]
    return f"{strangers=} {missing=}" if strangers or missing else ""


def test_roles_inside_the_main_file_are_found_where_they_are_required(folder, item, site, top):
    names = names_in(folder / item["files"]["main"])
    for role in site.required_file_roles(top):
        if role.inside == "main":
            assert any(role.counts_as(name) for name in names), role.role


def test_the_archive_carries_its_licence_and_stays_below_its_own_folder(folder, item):
    names = names_in(folder / item["files"]["main"])
    assert {name.split("/")[0] for name in names} == {folder.name}
    assert any("LICENSE" in name for name in names)


def test_the_photographs_in_archives_keep_the_rules_and_fit_their_attributes():
    for folder in FOLDERS:
        item = ITEMS[f"{folder.parent.name}/{folder.name}"]
        if item["site"] != "photos":
            continue
        main = SITES["photos"].main_file(item["category"].split("/")[0])
        with zipfile.ZipFile(folder / "main.zip") as opened:
            pictures = sorted(name for name in opened.namelist() if format_of(name) == "jpg")
            with opened.open(pictures[0]) as stream, Image.open(stream) as picture:
                assert picture.mode == main.colour_space
                assert picture_fault(main, picture) == ""
                size = (item["attributes"]["pixel_width"], item["attributes"]["pixel_height"])
                assert picture.size == size


def test_an_editorial_photograph_is_one_whose_release_is_not_held():
    for item in ITEMS.values():
        if item["site"] == "photos":
            releases = {item["attributes"][f"{kind}_release"] for kind in ("model", "property")}
            assert item["attributes"]["editorial"] == ("not held" in releases)


def test_authors_have_a_picture_and_a_harmless_address():
    for author in AUTHORS.values():
        with Image.open(DEMO / author["avatar"]) as avatar:
            assert avatar.size == (160, 160)
        assert author["email"].endswith("@example.com")
        assert set(author["sells_on"]) <= set(SITES)


def test_all_people_have_names_and_addresses_of_their_own():
    people = [*PEOPLE["buyer"], *PEOPLE["reviewer"], *PEOPLE["staff"], *AUTHORS.values()]
    for key in ("username", "email", "display_name"):
        values = [person[key].casefold() for person in people]
        assert len(set(values)) == len(values)
    assert all(person["email"].endswith("@example.com") for person in people)
    assert set(PEOPLE["show"].values()) <= {person["username"] for person in people}


def test_every_item_has_sales_after_it_was_published():
    sold: dict[str, set[tuple[str, str]]] = {key: set() for key in ITEMS}
    buyers = {buyer["username"] for buyer in PEOPLE["buyer"]}
    for purchase in PEOPLE["purchase"]:
        item = ITEMS[purchase["item"]]
        offered = SITES[item["site"]].licences_for(item["category"].split("/")[0])
        assert purchase["licence"] in {licence.code for licence in offered}
        assert 0 < purchase["days_ago"] < item["published_days_ago"]
        assert purchase["buyer"] in buyers
        sold[purchase["item"]].add((purchase["buyer"], purchase["licence"]))
    assert all(1 <= len(sales) <= 7 for sales in sold.values())
    assert sum(len(sales) for sales in sold.values()) == len(PEOPLE["purchase"])


def test_ratings_are_varied_and_given_after_the_purchase():
    rated = [purchase for purchase in PEOPLE["purchase"] if "rating" in purchase]
    reasons = {"design", "features", "flexibility", "documentation", "support", "value", "other"}
    for purchase in rated:
        rating = purchase["rating"]
        assert 1 <= rating["stars"] <= 5
        assert rating["reason"] in reasons
        assert 0 <= rating["days_ago"] <= purchase["days_ago"]
    texts = [purchase["rating"]["text"] for purchase in rated]
    assert len(set(texts)) == len(texts)
    assert {purchase["item"] for purchase in rated} == set(ITEMS)


def test_every_window_has_a_free_item_four_featured_items_and_an_author():
    found = read(DEMO / "promotions.toml")["promotion"]
    kinds = ("featured_author", *["featured_item"] * 4, "free_item")
    assert sorted((one["site"], one["kind"]) for one in found) == sorted(
        (site, kind) for site in SITES for kind in kinds
    )
    for one in found:
        if one["kind"] == "featured_author":
            assert one["site"] in AUTHORS[one["author"]]["sells_on"]
        else:
            assert ITEMS[one["item"]]["site"] == one["site"]
        assert one["note"]
        assert 1 <= one["days"] <= 92
