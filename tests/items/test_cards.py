"""What a card holds, and that cards of this release and of the one before are drawn."""

import pytest
from django.core.management import call_command
from django.utils.translation import override

from market.items.content.facts import card_badges, card_facts, card_summary
from market.items.models import Item, ItemDetail, ItemPreview
from market.items.services import publishing
from market.items.templatetags.cards import is_extreme, ratio_class, span_class
from market.tenancy.registry import marketplace
from tests import factories
from tests.conftest import host_client

MODELS = marketplace("models")
OLD = {"facts": [["Files included", "GLB"], ["Polygons", "6,896 polygons"]]}
NEW = {
    "form": 2,
    "values": [["polygons", 6896], ["files_included", ["GLB", "OBJ"]], ["rigged", True]],
    "facts": [["Polygons", "in the words of another release"]],
}


@pytest.fixture
def model(sites):
    item = factories.make_item(site="models", category="props/household", name="Chess set")
    ItemDetail.objects.filter(item=item).update(
        attributes={
            "polygons": 6896,
            "files_included": ["GLB", "OBJ"],
            "rigged": True,
            "animated": False,
            "ai_disclosure": "none",
        }
    )
    return Item.objects.get(pk=item.pk)


def words(facts):
    return [(one.label, one.value) for one in facts]


def test_a_card_holds_values_and_the_words_of_the_release_before(model):
    card = publishing.make_card(model, model.live_version)

    assert card["values"] == [
        ["polygons", 6896],
        ["files_included", ["GLB", "OBJ"]],
        ["rigged", True],
    ]
    assert card["facts"] == [
        ["Polygons", "6,896 polygons"],
        ["Files included", "GLB, OBJ"],
        ["Rigged", "Rigged"],
    ]
    assert card["tags"] == ["one", "two", "three"]
    assert card["bytes"] == 1000


def test_the_authors_version_stands_in_for_a_missing_attribute(sites):
    item = factories.make_item(site="code", category="javascript/sliders")
    item.live_version.label = "2.1.0"

    card = publishing.make_card(item, item.live_version)

    assert card["values"] == [["version", "2.1.0"]]


def test_values_become_words_when_they_are_drawn():
    assert words(card_badges(MODELS, NEW)) == [
        ("Polygons", "6,896 polygons"),
        ("Files included", "GLB, OBJ"),
    ]
    assert words(card_facts(MODELS, NEW)) == [("Rigged", "Rigged")]
    assert card_summary(MODELS, NEW).startswith("Polygons: 6,896 polygons, Files included: GLB")
    with override("de"):
        assert card_badges(MODELS, NEW)[0].value.startswith("6.896 ")


def test_words_of_the_release_before_are_drawn_as_they_are():
    assert card_badges(MODELS, OLD) == []
    assert words(card_facts(MODELS, OLD)) == [tuple(one) for one in OLD["facts"]]


def test_a_value_of_an_attribute_that_is_gone_is_left_out():
    assert words(card_facts(MODELS, {"values": [["gone", 1], ["rigged", True]]})) == [
        ("Rigged", "Rigged")
    ]


@pytest.mark.parametrize(
    "site", ["themes", "code", "video", "audio", "graphics", "photos", "models"]
)
@pytest.mark.parametrize("card", [{}, OLD, NEW, {"values": [], "tags": ["t" * 40], "files": 9}])
def test_every_site_draws_every_form(sites, site, card):
    category = {
        "themes": "site-templates/creative", "code": "javascript/sliders",
        "video": "motion-graphics/lower-thirds", "audio": "sound-effects/interface",
        "graphics": "icons/line", "photos": "nature/landscapes", "models": "props/household",
    }[site]  # fmt: skip
    item = factories.make_item(site=site, category=category, name="مجموعة 图标 🦊")
    item.card |= card
    item.save(update_fields=["card"])

    page = host_client(site).get("/search/").content.decode()

    assert page.count("<article") == 1
    assert "مجموعة 图标 🦊" in page


def test_cards_of_an_older_form_are_made_anew_once(model, capsys):
    fresh = factories.make_item(author=model.author)
    draft = factories.make_item(author=model.author, status=Item.Status.DRAFT)
    before = Item.objects.get(pk=model.pk).updated_at
    Item.objects.filter(pk=draft.pk).update(published_at=None, live_version=None)

    assert publishing.remake_cards(size=1) == model.pk
    assert publishing.remake_cards(after=model.pk) == draft.pk
    assert publishing.remake_cards(after=draft.pk) is None

    model.refresh_from_db()
    fresh.refresh_from_db()
    draft.refresh_from_db()
    assert (model.card["form"], fresh.card["form"]) == (publishing.CARD_FORM, publishing.CARD_FORM)
    assert "form" not in draft.card
    assert model.updated_at == before

    Item.objects.filter(pk=model.pk).update(card=model.card | {"mark": "kept"})
    call_command("remake_cards")
    model.refresh_from_db()
    assert model.card["mark"] == "kept"
    assert "All cards are of this release." in capsys.readouterr().out


def test_a_tall_screenshot_rides_on_a_theme(sites):
    item = factories.make_item(site="themes", category="site-templates/creative")
    for number, (width, height) in enumerate([(1180, 700), (1180, 3900), (590, 900)]):
        ItemPreview.objects.create(
            version=item.live_version, kind="gallery", position=number, key=f"previews/{number}",
            content_type="image/webp", width=width, height=height,
        )  # fmt: skip

    card = publishing.make_card(item, item.live_version)

    assert card["tall"] == {"key": "previews/1", "width": 1180, "height": 3900}


def test_shapes_are_those_that_the_stylesheets_know():
    wide, high, usual = ({"width": w, "height": h} for w, h in [(9000, 10), (1, 9000), (590, 300)])

    assert [ratio_class(one) for one in (wide, high, usual, None)] == ["r60", "r8", "r39", "r40"]
    assert [span_class(one) for one in (wide, high, usual, None)] == ["h11", "h80", "h16", "h16"]
    assert [is_extreme(one) for one in (wide, high, usual, None)] == [True, True, False, False]
