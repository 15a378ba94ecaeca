"""Licences compared, in their own words by version, and the adviser's page."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from market.items.content.licence_text import binding_text, clauses
from market.items.models import Licence, LicenceText
from market.items.services.sites import sync_sites
from market.tenancy.registry import marketplace, marketplaces
from tests.conftest import host_client

SITES = marketplaces()


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.slug)
def test_every_licence_is_compared_and_has_a_text_of_its_own(sites, site):
    compared = host_client(site.slug).get("/licences/")

    for terms in site.licences:
        assertContains(compared, f'id="{terms.code}"')
        text = host_client(site.slug).get(f"/licences/{terms.code}/")
        assertContains(text, terms.name)
        assertContains(text, f"{site.name}, version 1 of")
        assertContains(text, "What nobody may do")


def test_a_text_says_the_numbers_of_the_terms(sites):
    audio = marketplace("audio")
    words = {
        terms.code: " ".join(clause.text for clause in clauses(audio, terms))
        for terms in audio.licences
    }

    assert "up to 10,000 copies" in words["music-standard"]
    assert "You may not broadcast" in words["music-standard"]
    assert "at most 1,000,000 people" in words["broadcast-1m"]
    assert "You may show it in cinemas." in words["broadcast-film"]
    assert "You may not show it in cinemas." in words["broadcast-10m"]


def test_other_words_are_another_version_and_the_old_ones_stay(sites):
    licence = Licence.objects.get(site_id=marketplace("themes").id, code="standard")
    LicenceText.objects.filter(licence=licence).update(clauses=[["Old", "Old words."]])

    sync_sites()
    sync_sites()

    licence.refresh_from_db()
    assert licence.text_version == 2
    assert [text.version for text in licence.texts.order_by("version")] == [1, 2]
    client = host_client("themes")
    assertContains(client.get("/licences/standard/1/"), "Old words.")
    assertContains(client.get("/licences/standard/1/"), "This is an earlier version.")
    assertNotContains(client.get("/licences/standard/"), "Old words.")
    assertContains(client.get("/licences/standard/"), "All versions")


def test_what_binds_is_english_whoever_publishes(sites):
    themes = marketplace("themes")
    text = LicenceText.objects.get(licence__site_id=themes.id, licence__code="standard")

    assert text.clauses == binding_text(themes, themes.licences[0])
    assert text.clauses[0][0] == "What you get"


@pytest.mark.parametrize(
    "address", ["/licences/no-such/", "/licences/standard/2/", "/licences/standard/99999999999/"]
)
def test_a_text_that_never_was_is_not_found(sites, address):
    assert host_client("themes").get(address).status_code == 404


def test_the_texts_cost_one_query_and_the_rest_none(sites, django_assert_num_queries):
    client = host_client("audio")

    for address, queries in [
        ("/licences/", 0),
        ("/licences/adviser/", 0),
        ("/licences/music-standard/", 1),
        ("/licences/music-standard/1/", 1),
    ]:
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.slug)
def test_the_adviser_asks_before_it_advises(sites, site):
    page = host_client(site.slug).get("/licences/adviser/")

    assertContains(page, "Answer the questions")
    assertNotContains(page, "is the cheapest that allows it")


def test_the_adviser_answers_from_the_address(sites):
    client = host_client("audio")
    asked = "?for=music&products=1&copies=10000&audience="

    assertContains(client.get(f"/licences/adviser/{asked}0"), "<strong>Music standard licence<")
    million = client.get(f"/licences/adviser/{asked}1000000")
    assertContains(million, "<strong>Broadcast licence, audience to 1 million<")
    cinema = client.get(f"/licences/adviser/{asked}cinema")
    assertContains(cinema, "<strong>Broadcast and film licence<")
    begun = client.get("/licences/adviser/?for=music&products=1")
    assertContains(begun, "2 answers are still missing.")


@pytest.mark.parametrize(
    "nonsense", ["?for=nothing", "?for=%00&products=%F0%9F%8E%89", "?products=" + "9" * 5000]
)
def test_nonsense_counts_as_not_answered(sites, nonsense):
    assertContains(
        host_client("audio").get(f"/licences/adviser/{nonsense}"), "Answer the questions"
    )
