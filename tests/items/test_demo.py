"""The demo goes the way of everybody, once, and resumes."""

import time

import pytest
from django.core.management import call_command

from market.community.models import Rating
from market.items.management.demo import catalogue
from market.items.management.demo.folder import read_items
from market.items.management.demo.people import load_people
from market.items.models import Item, ItemEvent, ItemListing, ItemVersion, Promotion
from market.payments.models import Line
from market.purchases.models import Order, Purchase
from market.tenancy.registry import marketplace_by_id
from market.users.models import User
from tests.conftest import host_client

ONE_EACH = (
    "themes/plain-pages-journal",
    "code/driver-product-tours",
    "video/paper-wave-layers",
    "audio/pixel-quest-overworld",
    "graphics/featherlight-line-icons",
    "photos/chelsea-the-tabby",
    "models/retro-toy-rocket",
)


def load(*names: str) -> None:
    call_command("load_demo", only=list(names), verbosity=0)


def counts() -> list[int]:
    models = (User, Item, ItemVersion, ItemEvent, Purchase, Order, Rating, Line, Promotion)
    return [model.objects.count() for model in models]


def test_one_item_of_each_marketplace(sites):
    load(*ONE_EACH)

    assert Item.objects.filter(status="approved").count() == 7
    assert ItemListing.objects.count() == 28
    assert Purchase.objects.exists()
    assert Rating.objects.exists()
    assert sum(Line.objects.values_list("cents", flat=True)) == 0
    for item in Item.objects.select_related("stats", "author"):
        assert item.card["preview"]
        assert item.card["thumbnail"]
        assert item.stats.sales == Purchase.objects.filter(item=item).count() > 0
        events = ItemEvent.objects.filter(item=item, version=None).order_by("pk")
        assert [one.to_status for one in events] == ["submitted", "in_review", "approved"]
        assert events[2].actor.username == "robin-vale"
    assert Promotion.objects.filter(kind="free_item").count() == 2
    assert Promotion.objects.filter(kind="featured_author").count() == 3
    before = counts()

    load(*ONE_EACH)

    assert counts() == before


def test_an_interrupted_load_resumes(sites):
    name = "graphics/featherlight-line-icons"
    demo = next(one for one in read_items() if one.name == name)
    people = load_people()
    author = people[demo.said["author"]]
    item = catalogue._create(demo, author)
    catalogue._describe(item, demo, author)

    load(name)

    item.refresh_from_db()
    assert item.status == "approved"
    assert Item.objects.count() == 1


def test_the_accounts_are_printed(capsys):
    call_command("demo_accounts")

    said = capsys.readouterr().out
    for wanted in ("buyer", "author", "reviewer", "staff", "northlight@example.com", "password"):
        assert wanted in said


@pytest.mark.long
def test_all_of_it_is_on_sale_and_found_at_once(sites):
    call_command("load_demo", verbosity=0)

    items = Item.objects.select_related("detail")
    assert items.count() == items.filter(status="approved").count() == 54
    assert len(set(items.values_list("site_id", flat=True))) == 7
    took = []
    for item in items:
        client = host_client(marketplace_by_id(item.site_id).slug)
        page = client.get(f"/items/{item.slug}/{item.pk}/").content.decode()
        assert 'class="notice attribution"' in page
        client.get("/search/?q=warm")  # templates are compiled once
        start = time.perf_counter()
        found = client.get("/search/", {"q": item.name}).content.decode()
        took.append(time.perf_counter() - start)
        assert f"/items/{item.slug}/{item.pk}/" in found
    assert max(took) < 0.1
    before = counts()

    call_command("load_demo", verbosity=0)

    assert counts() == before
