"""Twenty searches a marketplace over the demo's items, and what must come first: relevance.toml."""

import tomllib
from pathlib import Path

import pytest

from market.discovery.selectors.search import search
from market.items.management.demo.folder import read_items
from market.items.models import Item, ItemDetail
from market.tenancy.definitions.enums import Sort
from market.tenancy.registry import marketplace
from market.users.models import Profile
from tests import factories

WANTED = tomllib.loads((Path(__file__).parent / "relevance.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("site", sorted(WANTED))
def test_what_people_look_for_comes_first(sites, site):
    _stock(site)
    shop = marketplace(site)

    wrong = {}
    for text, names in WANTED[site].items():
        page = search(shop, text=text, sort=Sort.BEST_MATCH)
        found = [item.name for item in page.items.rows]
        if found[: len(names) or None] != names:
            wrong[text] = found[:3]

    assert len(WANTED[site]) == 20
    assert not wrong


def _stock(site: str) -> None:
    """The words of the demo's items, without their files; nothing is sold yet."""
    authors = {}
    for said in (one.said for one in read_items() if one.said["site"] == site):
        name = said["author"]
        if name not in authors:
            authors[name] = factories.make_author(username=name)
            Profile.objects.filter(user=authors[name]).update(display_name=name.replace("-", " "))
        item = factories.make_item(
            author=authors[name], site=site, category=said["category"], name=said["name"],
            tags=tuple(said["tags"]),
        )  # fmt: skip
        Item.objects.filter(pk=item.pk).update(summary=said["summary"])
        ItemDetail.objects.filter(item=item).update(attributes=said["attributes"])
    factories.index()
