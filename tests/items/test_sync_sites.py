"""The mirror of the marketplaces' definitions."""

import pytest
from django.core.management import call_command

from market.items.models import Attribute, AttributeOption, Category, Licence
from market.items.services import sites
from market.tenancy.registry import marketplaces
from tests import factories


def rows() -> list[list[tuple]]:
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Category, Attribute, AttributeOption, Licence)
    ]


def test_everything_is_mirrored(sites):
    for site in marketplaces():
        paths = Category.objects.filter(site_id=site.id).values_list("path", flat=True)
        assert set(paths) == {one.path for one in site.all_categories()}
        codes = Licence.objects.filter(site_id=site.id).values_list("code", flat=True)
        assert set(codes) == {one.code for one in site.licences}
        for child in Category.objects.filter(site_id=site.id, path__contains="/"):
            assert child.parent is not None
            assert child.path.startswith(f"{child.parent.slug}/")


def test_a_second_time_changes_nothing(db, capsys):
    call_command("sync_sites")
    before = rows()
    call_command("sync_sites")

    assert rows() == before


def test_a_changed_label_is_written_back(db):
    sites.sync_sites()
    category = Category.objects.get(path="icons/line")
    name = category.name
    Category.objects.filter(pk=category.pk).update(name="Something else")

    sites.sync_sites()

    category.refresh_from_db()
    assert category.name == name


def test_what_is_gone_is_retired_and_comes_back(db):
    sites.sync_sites()
    gone = Category.objects.create(site_id=5, slug="fax", path="fax", name="Fax")
    option = AttributeOption.objects.create(attribute=Attribute.objects.all()[0], value="Telex")
    known = Licence.objects.filter(site_id=5)[0]
    Licence.objects.filter(pk=known.pk).update(retired_at=factories.timezone.now())

    sites.sync_sites()

    gone.refresh_from_db()
    option.refresh_from_db()
    known.refresh_from_db()
    assert gone.retired_at is not None
    assert option.retired_at is not None
    assert known.retired_at is None


@pytest.fixture(name="sites")
def _mirrored(db):
    sites.sync_sites()
