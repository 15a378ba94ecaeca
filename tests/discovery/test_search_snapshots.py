"""A new host begins with a copy of another's index and catches up from there."""

import tarfile

import pytest

from market.core import storage
from market.discovery.models import SearchSnapshot
from market.discovery.search import engine, feeding, snapshots
from market.discovery.search.interface import SearchAway
from market.discovery.selectors.search import search
from market.discovery.tasks import publish_search_snapshot
from market.items.models import ChangeCounter
from market.items.services import changes
from market.tenancy.definitions.enums import Sort
from market.tenancy.registry import marketplace
from tests import factories

GRAPHICS = marketplace("graphics")


@pytest.fixture
def go_to_a_new_host(settings, tmp_path, monkeypatch):
    """Where a catalogue is so large that nobody builds its index in passing."""

    def go():
        settings.SEARCH_INDEX_URL = f"tantivy://{tmp_path}/search"
        monkeypatch.setattr(feeding, "SMALL", 0)

    return go


def found(text):
    return [one.pk for one in search(GRAPHICS, text=text, sort=Sort.NEWEST).items.rows]


@pytest.mark.smoke
def test_a_new_host_fetches_the_newest_and_catches_up(lantern, author, go_to_a_new_host):
    made = snapshots.publish_snapshot()
    later = factories.make_item(author=author, name="Boat")
    changes.note_changes([later.pk])

    go_to_a_new_host()
    assert not engine().is_available()
    feeding.keep_up()

    assert found("lantern") == [lantern.pk]
    assert found("boat") == [later.pk]
    assert engine().position() == made.position + 1


def test_without_a_snapshot_a_large_index_waits_for_somebody_to_build_it(lantern, go_to_a_new_host):
    go_to_a_new_host()

    assert feeding.keep_up() == 0
    assert not engine().is_available()


def test_one_that_is_too_old_or_of_another_form_is_left(lantern, go_to_a_new_host):
    snapshots.publish_snapshot()
    go_to_a_new_host()

    SearchSnapshot.objects.update(form="other")
    assert snapshots.fetch_snapshot() is False
    SearchSnapshot.objects.update(form=engine().form)
    ChangeCounter.objects.update(forgotten_position=99)
    assert snapshots.fetch_snapshot() is False


def test_bytes_that_are_not_those_that_were_stored_do_not_answer(lantern, go_to_a_new_host):
    made = snapshots.publish_snapshot()
    SearchSnapshot.objects.update(sha256="0" * 64)
    go_to_a_new_host()

    assert snapshots.fetch_snapshot() is False
    assert not engine().is_available()
    storage.delete(made.key)
    assert snapshots.fetch_snapshot() is False


def test_the_two_newest_are_kept(lantern):
    made = [snapshots.publish_snapshot() for _ in range(3)]

    assert [storage.exists(one.key) for one in made] == [False, True, True]
    assert SearchSnapshot.objects.count() == 2
    with storage.open_file(made[2].key) as stored, tarfile.open(fileobj=stored) as archive:
        assert "meta.json" in archive.getnames()


def test_what_is_no_index_is_not_adopted(lantern, go_to_a_new_host):
    go_to_a_new_host()

    with pytest.raises(SearchAway):
        engine().adopt(lambda folder: (folder / "meta.json").write_text("{"))
    assert not engine().is_available()


def test_the_job_stores_what_takes_long_to_build_alone(lantern, monkeypatch):
    publish_search_snapshot.call()
    assert not SearchSnapshot.objects.exists()

    monkeypatch.setattr(feeding, "SMALL", 0)
    publish_search_snapshot.call()
    assert SearchSnapshot.objects.count() == 1
