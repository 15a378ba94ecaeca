"""The index follows the rows, whoever changes them, and can be built anew beside itself."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from market.community import tasks as community
from market.discovery import services
from market.discovery.search import engine, feeding
from market.discovery.search.documents import documents_between, documents_of
from market.discovery.search.interface import IndexBusy, SearchAway
from market.discovery.selectors.search import search
from market.items.models import ChangeCounter, ItemChange, ItemDetail, ItemListing
from market.items.selectors.changes import ChangesForgotten, changed_items, last_position
from market.items.services import authoring, changes, promotions
from market.jobs import services as jobs
from market.jobs.management.commands.work import SearchFollower
from market.purchases.models import SaleEvent
from market.tenancy.definitions.enums import Sort
from market.tenancy.registry import marketplace, marketplaces
from tests import factories

GRAPHICS = marketplace("graphics")


def stored(item):
    return engine().stored(low=item.pk, high=item.pk + 1).get(item.pk)


def found(text):
    return [one.pk for one in search(GRAPHICS, text=text, sort=Sort.NEWEST).items.rows]


def run_search_jobs():
    jobs.run_ready(queues=["search"], raise_errors=True)


@pytest.mark.smoke
def test_what_its_author_does_is_found_after_the_job(lantern, author):
    authoring.pause(item=lantern, author=author)
    run_search_jobs()
    assert found("lantern") == []

    authoring.resume(item=lantern, author=author)
    run_search_jobs()
    assert found("lantern") == [lantern.pk]

    lantern.refresh_from_db()
    authoring.set_prices(item=lantern, prices={"standard": 4000, "extended": 12000})
    run_search_jobs()
    assert (
        stored(lantern)["price"]
        == ItemListing.objects.get(item=lantern, node_id=0).price_cents
        > 4000
    )


def test_sales_ratings_and_free_periods_reach_the_index(lantern):
    purchase = factories.make_purchase(buyer=factories.make_user(), item=lantern)
    SaleEvent.objects.create(item=lantern, purchase=purchase, delta=1, sold_at=timezone.now())
    services.roll_up_sales()
    services.set_ratings(item_id=lantern.pk, by_stars=[0, 0, 0, 0, 2])
    factories.make_promotion(item=lantern)
    promotions.sort_by_todays_prices()

    feeding.keep_up()

    assert stored(lantern)["sales"] == 1
    assert stored(lantern)["trending"] == 100
    assert stored(lantern)["rating"] == 404
    assert stored(lantern)["price"] == 0


def test_a_job_follows_each_count_of_ratings(lantern):
    community.count_ratings.call(item_id=lantern.pk)

    run_search_jobs()

    assert engine().position() == last_position()


def test_positions_are_given_in_the_order_of_the_changes_and_once(sites):
    changes.note_changes([3, 1, 2, 2])

    assert changes.give_positions() == 3
    assert changes.give_positions() == 3

    rows = ItemChange.objects.order_by("position").values_list("position", "item_id")
    assert list(rows) == [(1, 1), (2, 2), (3, 3)]
    assert changed_items(after=1).item_ids == {2, 3}
    assert changed_items(after=3).position == 3


def test_a_change_that_commits_late_gets_a_later_position(sites):
    """Its id is lower than one that was given a position before: a cursor over ids misses it."""
    early, late = (ItemChange.objects.create(item_id=n, created_at=timezone.now()) for n in (1, 2))
    ItemChange.objects.filter(pk=early.pk).delete()  # not committed yet, for whoever looks
    changes.give_positions()

    ItemChange.objects.create(pk=early.pk, item_id=1, created_at=timezone.now())
    changes.give_positions()

    assert changed_items(after=1).item_ids == {1}
    assert ItemChange.objects.get(pk=late.pk).position == 1


def test_old_changes_are_forgotten_and_an_index_without_them_is_built_anew(lantern):
    ItemChange.objects.update(created_at=timezone.now() - timedelta(days=8))
    changes.note_changes([lantern.pk])
    changes.give_positions()

    assert changes.prune_changes() == 1
    assert ItemChange.objects.count() == 1
    assert ChangeCounter.objects.get().forgotten_position == 1
    with pytest.raises(ChangesForgotten):
        changed_items(after=0)
    # The index has read it, and goes on.
    assert feeding.keep_up() == 1


def test_a_large_index_is_not_built_in_passing(author, monkeypatch):
    factories.make_item(author=author, name="Lantern")
    monkeypatch.setattr(feeding, "SMALL", 0)

    assert feeding.keep_up() == 0
    assert not engine().is_available()


def test_a_rebuild_that_was_stopped_goes_on(author, monkeypatch):
    items = [factories.make_item(author=author, name=f"Lantern {n}") for n in range(5)]
    monkeypatch.setattr(feeding, "CHUNK", 2)

    def stop_at_the_second(_items):
        if engine().position() is None and len(seen) == 1:
            raise KeyboardInterrupt
        seen.append(_items)

    seen = []
    with pytest.raises(KeyboardInterrupt):
        feeding.rebuild(advance=stop_at_the_second)
    assert not engine().is_available()  # nobody sees half of it

    rest = []
    feeding.rebuild(advance=rest.append)

    assert seen == [2]
    assert rest == [1]
    assert sorted(found("lantern")) == [one.pk for one in items]


def test_searches_go_on_while_an_index_is_built_and_changes_are_not_lost(lantern, author):
    during = []

    def look(_items):
        during.append(found("lantern"))
        authoring.pause(item=lantern, author=author)

    feeding.rebuild(advance=look)

    assert during == [[lantern.pk]]
    assert found("lantern") == []


def test_two_builds_at_once_do_not_happen(lantern):
    with engine().build(position=0, oldest=0), pytest.raises(IndexBusy):
        feeding.rebuild()


def test_a_damaged_index_is_away(lantern, settings):
    folder = Path(settings.SEARCH_INDEX_URL.removeprefix("tantivy://"))
    for file in folder.glob("form-*/g*/meta.json"):
        file.write_text("{")

    with pytest.raises(SearchAway):
        engine().tags_beginning(site_id=GRAPHICS.id, text="o", size=1)


def test_a_host_without_an_index_does_nothing(lantern, settings):
    settings.SEARCH_INDEX_URL = "off://"

    assert feeding.keep_up() == 0
    assert not engine().is_available()


def test_the_check_finds_what_differs_and_repairs_it(lantern, author, capsys):
    other = factories.make_item(author=author, name="Never indexed")
    ItemListing.objects.filter(item=lantern).update(sales=7)

    with pytest.raises(SystemExit):
        call_command("check_search", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["missing"], report["superfluous"], report["stale"]) == (1, 0, 1)
    assert report["first_ids"] == sorted([lantern.pk, other.pk])

    call_command("check_search", "--repair", verbosity=0)
    call_command("check_search", "--json")
    report = json.loads(capsys.readouterr().out)
    assert (report["missing"], report["superfluous"], report["stale"]) == (0, 0, 0)


def test_the_command_builds_and_then_follows(author, capsys):
    factories.make_item(author=author, name="Lantern")

    call_command("index_search", verbosity=0)
    assert len(found("lantern")) == 1

    factories.make_item(author=author, name="Lantern two")
    changes.note_changes([found("lantern")[0] + 1])
    call_command("index_search")
    assert f"up to {last_position()}" in capsys.readouterr().out
    assert engine().position() == last_position()


def test_a_worker_follows_changes_whose_job_ran_on_another_host(lantern, author):
    other = factories.make_item(author=author, name="Boat")
    changes.note_changes([other.pk])

    SearchFollower()()

    assert found("boat") == [other.pk]


def test_a_worker_goes_on_when_the_index_cannot_be_written(lantern, settings, tmp_path, caplog):
    (tmp_path / "file").touch()
    settings.SEARCH_INDEX_URL = f"tantivy://{tmp_path}/file"

    follow = SearchFollower()
    for _ in range(2):
        follow()

    # It does not try again at once.
    assert caplog.text.count("'search_follow_failed'") == 1


def test_a_build_and_a_job_make_the_same_documents(author):
    """Of all marketplaces, with what only some items have."""
    leaves = [next(one for one in site.all_categories() if one.is_leaf) for site in marketplaces()]
    items = [
        factories.make_item(author=author, site=site.slug, category=leaf.path)
        for site, leaf in zip(marketplaces(), leaves, strict=True)
    ]
    for number, item in enumerate(items):
        ItemDetail.objects.filter(item=item).update(
            attributes={"colours": ["#D02020", "#2050D0"], "megapixels": "12.5", "rtl": True},
            tags=["Sea", "Öl", "two words"],
            has_support=number % 2 == 0,
        )
    ItemListing.objects.filter(item=items[0]).update(price_cents=0, sales=3)
    ItemDetail.objects.filter(item=items[-1]).delete()
    off_sale = factories.make_item(author=author)
    authoring.pause(item=off_sale, author=author)
    ids = [one.pk for one in items]

    at_once = documents_between(ids[0], off_sale.pk)

    assert [one.id for one in at_once] == ids
    assert at_once == [document for one in ids for document in documents_of([one])]
    assert documents_of([off_sale.pk]) == []
    assert {one.site_id for one in at_once} == {site.id for site in marketplaces()}
    assert at_once[0].tags == ("sea", "ol", "two words")
    assert at_once[0].values["on_sale"] == ["yes"]
    assert at_once[-1].tags == ()


def test_documents_of_many_take_as_many_queries_as_of_one(author, django_assert_num_queries):
    ids = [factories.make_item(author=author).pk for _ in range(4)]

    for wanted in (ids[:1], ids):
        with django_assert_num_queries(5):
            documents_of(wanted)
        with django_assert_num_queries(5):
            documents_between(wanted[0], wanted[-1])


def test_of_older_forms_the_last_is_kept(lantern, settings):
    root = Path(settings.SEARCH_INDEX_URL.removeprefix("tantivy://"))
    own = next(root.glob("form-*"))
    for name, days in (("form-0-a", 9), ("form-0-b", 5), ("form-0-c", 2)):
        (root / name / "g1").mkdir(parents=True)
        (root / name / "g1" / "meta.json").touch()
        written = time.time() - days * 86400
        os.utime(root / name / "g1" / "meta.json", (written, written))
    building = root / "form-9-new" / "building"
    building.mkdir(parents=True)
    (building / "meta.json").touch()

    feeding.rebuild()

    left = sorted(one.name for one in root.glob("form-*"))
    assert left == sorted([own.name, "form-9-new"])

    os.utime(building / "meta.json", (written, written))
    feeding.rebuild()

    assert sorted(one.name for one in root.glob("form-*")) == left
