"""A marketplace in another language: words change, what is stored does not."""

from dataclasses import replace

import pytest
from django.utils import translation

from market.items.models import Category
from market.items.services.sites import sync_sites
from market.tenancy.definitions import DefinitionError, translate_marketplaces
from market.tenancy.registry import marketplace, marketplaces_in

SITES = [site.slug for site in marketplaces_in("en")]


def german(tmp_path, text):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "de.toml").write_text(text, encoding="utf-8")
    return translate_marketplaces([marketplace("photos")], tmp_path, "de")[0]


def test_words_follow_the_active_language():
    with translation.override("de"):
        site = marketplace("photos")

    assert (site.item_noun_plural, site.licence("extended").name) == ("Fotos", "Erweiterte Lizenz")
    assert marketplace("photos").item_noun_plural == "photos"


def test_options_are_stored_in_one_language():
    with translation.override("de"):
        attribute = marketplace("photos").attribute("orientation")

    assert attribute.options == marketplace("photos").attribute("orientation").options
    assert attribute.label_of("landscape") == "Querformat"
    assert attribute.label_of("no such") == "no such"


@pytest.mark.parametrize("site", SITES)
def test_the_german_words_are_complete(site):
    """Everything that has words has an entry, be it the same word."""
    english = next(one for one in marketplaces_in("en") if one.slug == site)
    german = next(one for one in marketplaces_in("de") if one.slug == site)

    for before, after in zip(english.attributes, german.attributes, strict=True):
        for option in before.options:
            translated = after.option_labels[option] != option
            name = option in ("iOS", "iOS Safari", "jQuery", "macOS")
            assert translated or name or not option[0].islower() or option in SAME, option
        assert not before.help or after.help != before.help, before.key
    for before, after in zip(english.licences, german.licences, strict=True):
        assert before.summary != after.summary
        assert before.name != after.name
    for before, after in zip(english.facets, german.facets, strict=True):
        assert before.label != after.label
    assert english.purpose != german.purpose
    assert english.review.human_checks != german.review.human_checks


# German uses the English word.
SAME = {"panorama", "baby", "filament", "ukulele", "scan"}


def test_words_for_what_is_not_there_are_refused(tmp_path):
    with pytest.raises(DefinitionError) as error:
        german(tmp_path, '[categories]\n"no/such" = "x"\n[licences.gold]\nname = "x"\n[sites]\n')

    assert "photos/de.toml: categories.no/such: unknown key" in str(error.value)
    assert "photos/de.toml: licences.gold: unknown key" in str(error.value)
    assert "photos/de.toml: sites: unknown key" in str(error.value)


def test_words_must_be_text(tmp_path):
    with pytest.raises(DefinitionError, match=r"site.name: expected text, got 7"):
        german(tmp_path, "[site]\nname = 7\n")


def test_what_is_left_out_stays_english(tmp_path):
    site = german(tmp_path, '[site]\nname = "Bilder"\n')

    assert site == replace(marketplace("photos"), name="Bilder")


def test_rows_are_english_whoever_starts_it(sites):
    before = set(Category.objects.values_list("path", "name"))

    with translation.override("de"):
        sync_sites()

    assert set(Category.objects.values_list("path", "name")) == before
