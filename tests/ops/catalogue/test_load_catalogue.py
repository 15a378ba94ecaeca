"""`manage.py load_catalogue`: rows that the pages show, once, however often it is killed."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from market.items.models import Item, ItemListing, NodeStats
from market.items.services.publishing import make_card
from market.ops.catalogue import keys, loading
from market.ops.catalogue.plan import Step
from market.ops.catalogue.tables import TABLES
from market.ops.catalogue.writing import bulk_connection
from market.ops.models import CatalogueLoad
from market.tenancy.registry import marketplaces
from market.users.models import User
from tests import factories
from tests.conftest import host_client
from tests.jobs.processes import running, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

on_mysql = pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite has neither")


def load(*, items=2000, **options):
    call_command("load_catalogue", items=items, processes=1, verbosity=0, **options)


def count_rows():
    return {name: table.model._default_manager.count() for name, table in TABLES.items()}


def expected_rows():
    maker = loading.Maker(CatalogueLoad.objects.get().pk)
    counted = dict.fromkeys(TABLES, 0)
    for step in Step:
        for part in maker.plan.parts(step):
            for table, rows in maker.rows(step, part).items():
                counted[table] += len(rows)
    return counted


def test_the_pages_of_a_loaded_catalogue(django_assert_max_num_queries):
    load()
    call_command("index_search", verbosity=0)

    connection.check_constraints()  # each key that refers to a row has one
    for site in marketplaces():
        item = Item.objects.filter(site_id=site.id, status="approved").latest("pk")
        client = host_client(site.slug)
        for path in (
            "/",
            f"/category/{item.category.path}/?sort=newest",
            f"/category/{item.category.path.split('/')[0]}/?sort=newest",
            f"/items/{item.slug}/{item.pk}/",
            f"/authors/{item.author.username}/?sort=newest",
            f"/search/?q={item.name}&sort=newest",
        ):
            with django_assert_max_num_queries(12):
                response = client.get(path)
            assert response.status_code == 200, path
            assert item.name in response.content.decode() or path == "/", path


def test_cards_totals_and_money_are_what_the_product_would_make():
    load(items=400)

    rows = Item.objects.select_related("category", "live_version", "author", "detail")
    for item in rows.order_by("-pk")[:40]:
        assert item.live_version is not None
        assert item.card | {"facts": 0} == make_card(item, item.live_version) | {"facts": 0}
    for node in NodeStats.objects.all()[:50]:
        listed = ItemListing.objects.filter(site_id=node.site_id, node_id=node.node_id)
        assert node.items == listed.count()
    assert NodeStats.objects.filter(node_id=0).count() == len(marketplaces())
    call_command("check_ledger", fresh=True, verbosity=0)  # raises on any difference


def test_it_is_loaded_once():
    load(items=500)
    before = count_rows()

    load(items=500)

    assert count_rows() == before == expected_rows()
    with pytest.raises(CommandError, match="another catalogue"):
        load(items=501)


def test_a_database_that_is_used_is_left_alone():
    factories.ensure_sites()
    item = factories.make_item()

    with pytest.raises(CommandError, match="--beside"):
        load(items=100)

    assert Item.objects.get() == item
    assert not CatalogueLoad.objects.exists()
    load(items=100, beside=True)
    assert Item.objects.filter(pk__gt=item.pk).count() == 100
    assert not User.objects.filter(email__endswith="@load.example", is_staff=True).exists()
    # What is made up cannot sign in.
    assert not User.objects.latest("pk").has_usable_password()


@on_mysql
def test_killed_in_the_middle_it_goes_on_and_ends_with_the_same_rows(monkeypatch):
    """Twice, while parts are written; its indexes are off then and back in the end."""
    monkeypatch.setattr(loading, "MANY_ITEMS", 1)
    with bulk_connection() as bulk:
        keys_before = {table: keys.definitions(bulk, table) for table in TABLES}
    wanted = loading.Wanted(seed=3, items=22_000, users=100, purchases=100)
    started = loading.begin(wanted, beside=False)
    options = ("--items", "22000", "--users", "100", "--purchases", "100", "--seed", "3")

    for goods in (1, 3):
        with running("manage.py", "load_catalogue", *options):
            wait_for(lambda goods=goods: started.parts.filter(step="goods").count() >= goods)

    assert not CatalogueLoad.objects.get().finished_at
    call_command("load_catalogue", *options, verbosity=0)
    assert CatalogueLoad.objects.get().finished_at
    assert count_rows() == expected_rows()
    connection.check_constraints()
    with bulk_connection() as bulk:
        after = {table: keys.definitions(bulk, table) for table in TABLES}
    assert {table: set(found) for table, found in after.items()} == {
        table: set(found) for table, found in keys_before.items()
    }


@on_mysql
def test_a_server_without_local_files_is_filled_by_inserts(monkeypatch):
    monkeypatch.setattr("market.ops.catalogue.writing.takes_files", lambda bulk: False)

    load(items=300)

    assert count_rows() == expected_rows()
