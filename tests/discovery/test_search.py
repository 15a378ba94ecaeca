import math
import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from market.discovery.search import engine
from market.discovery.selectors.lists import FIRST, Place, listing
from market.discovery.selectors.search import search
from market.discovery.words import search_words, words_of
from market.items.models import Item, ItemListing
from market.tenancy.definitions.enums import Sort
from market.tenancy.registry import marketplace
from tests import factories
from tests.conftest import host_client

GRAPHICS = marketplace("graphics")


@pytest.fixture
def author(sites):
    return factories.make_author(username="painter")


def make(author, name, **how):
    item = factories.make_item(author=author, name=name, **how)
    factories.index()
    return item


def found(text):
    page = search(GRAPHICS, text=text, sort=Sort.NEWEST)
    return sorted(item.name for item in page.items.rows)


@pytest.mark.smoke
def test_every_word_must_be_met(author):
    make(author, "Duotone Story Icons")
    make(author, "Living Weather Icons")

    assert found("icons") == ["Duotone Story Icons", "Living Weather Icons"]
    assert found("icons story") == ["Duotone Story Icons"]
    assert found("icons weather") == ["Living Weather Icons"]
    assert found("icons quark") == []
    assert found("con") == []


def test_the_last_word_may_still_be_being_typed(author):
    make(author, "Duotone Story Icons")
    make(author, "Weather Icons")

    assert found("duotone sto") == ["Duotone Story Icons"]
    # Nothing is called exactly so: then the others may be unfinished too.
    assert found("duo story") == ["Duotone Story Icons"]


def test_case_and_accents_do_not_matter(author):
    make(author, "Résumé Çelebi Straße")

    for text in ("resume", "RÉSUMÉ", "celebi", "STRASSE", "résu"):
        assert found(text) == ["Résumé Çelebi Straße"]


def test_one_of_many_and_many_of_one_are_the_same(author):
    make(author, "Story Icons")
    make(author, "Cherry Box")

    assert found("story icon") == ["Story Icons"]
    assert found("cherries") == ["Cherry Box"]
    assert found("boxes") == ["Cherry Box"]


def test_synonyms_of_the_marketplace_are_found_too(author):
    make(author, "Thin glyphs", category="vectors/backgrounds")

    assert found("piktogramm") == ["Thin glyphs"]


def test_a_misspelt_word_finds_what_comes_near_and_says_so(author):
    make(author, "Watercolour Landscape", category="vectors/backgrounds")

    page = host_client("graphics").get("/search/?q=watercolur+lanscape").content.decode()

    assert "Watercolour Landscape" in page
    assert "Nothing is called exactly so" in page


def test_tags_author_and_category_are_words_of_an_item(author):
    make(author, "Plain name", tags=("Lighthouse", "North Sea", "fog"))

    for text in ("lighthouse", "north sea", "painter", "line icons", "plain lighthouse fog"):
        assert found(text) == ["Plain name"], text


def test_words_between_words_do_not_narrow_a_search(author):
    make(author, "Icons of weather")

    assert found("the icons for a weather") == ["Icons of weather"]
    assert search_words("of the") == ["of", "the"]  # nothing else was asked


@pytest.mark.parametrize(
    "text",
    ["%", "_", "' OR 1=1 --", "100%", "a\\", "<script>", "🦊", "x" * 5000, "a " * 3000,
     'name:"icons" AND *', "[1 TO 2]", "icons^9~", "שלום"],
)  # fmt: skip
def test_signs_and_endless_text_are_only_text(author, text):
    make(author, "Plain icons")

    response = host_client("graphics").get("/search/", {"q": text})

    assert response.status_code == 200
    assert "Plain icons" not in response.content.decode().split("What others like")[0]


def test_what_nobody_can_see_is_no_search(author):
    make(author, "Plain icons")

    response = host_client("graphics").get("/search/", {"q": "\x00\u200b "})

    assert "Plain icons" in response.content.decode()


def test_an_underscore_is_no_wildcard(author):
    make(author, "Cat icons")

    assert found("c_t") == []
    assert found("ca%") == ["Cat icons"]  # the sign is no part of a word


def test_words_of_other_marketplaces_are_not_found(author):
    make(author, "Sunset", site="photos", category="nature/flowers-and-plants")

    assert found("sunset") == []


def test_a_renamed_item_is_found_by_its_new_name_alone(author):
    item = make(author, "Old name")
    Item.objects.filter(pk=item.pk).update(name="New label", summary="")

    for _ in range(2):
        factories.index()

    assert found("old") == []
    assert found("label") == ["New label"]


def test_an_item_off_sale_is_no_longer_found(author):
    item = make(author, "Gone soon")
    Item.objects.filter(pk=item.pk).update(status=Item.Status.PAUSED)

    factories.index()

    assert found("gone") == []
    assert engine().stored(low=item.pk, high=item.pk + 1) == {}


def test_without_an_index_search_is_away_and_browsing_is_not(author):
    factories.make_item(author=author, name="Plain icons")

    away = host_client("graphics").get("/search/?q=plain")
    browsing = host_client("graphics").get("/search/")

    assert away.status_code == 503
    assert away["Retry-After"] == "30"
    assert "Search is away for a moment" in away.content.decode()
    assert 'href="/category/icons/"' in away.content.decode()
    assert "Plain icons" in browsing.content.decode()


def test_no_result_says_what_to_do(author):
    make(author, "Plain icons")

    page = host_client("graphics").get("/search/?q=unheard").content.decode()

    assert "No graphic is called that" in page
    assert 'href="/category/icons/"' in page


def test_no_result_shows_what_others_like_and_tries_each_word(author):
    make(author, "Plain icons")

    page = host_client("graphics").get("/search/?q=plain+unheard").content.decode()

    assert "What others like" in page
    assert "Plain icons" in page
    assert 'href="/search/?q=plain"' in page


def test_a_search_looks_inside_a_category_alone(author):
    make(author, "Weather icons")
    make(author, "Weather pattern", category="vectors/backgrounds")

    inside = host_client("graphics").get("/search/?q=weather&category=vectors").content.decode()
    outside = host_client("graphics").get("/search/?q=weather&category=none").content.decode()

    assert "Weather pattern" in inside
    assert "Weather icons" not in inside
    assert 'href="/search/?q=weather"' in inside  # the way out of it
    assert "Weather icons" in outside


def test_without_words_a_category_is_its_own_page(author):
    response = host_client("graphics").get("/search/?q=&category=icons/line&sort=newest")

    assert response.status_code == 302
    assert response["Location"] == "/category/icons/line/?sort=newest"


def test_each_choice_can_be_taken_back(author):
    make(author, "Weather icons")

    page = host_client("graphics").get("/search/?q=weather&category=icons&sort=newest")
    choices = page.content.decode().split('class="choices"')[1].split("</ul>")[0]

    for without in ("/category/icons/?sort=newest", "/search/?q=weather&amp;sort=newest",
                    "/search/?q=weather&amp;category=icons"):  # fmt: skip
        assert f'href="{without}"' in choices
    assert choices.count("<li") == 3
    assert 'name="robots" content="noindex, follow"' in page.content.decode()


def test_the_words_of_a_search_are_shown_again_and_harmless(author):
    make(author, "Plain icons")

    page = host_client("graphics").get("/search/", {"q": '"><script>alert(1)</script>'})

    assert "<script>alert" not in page.content.decode()
    assert "&quot;&gt;&lt;script&gt;" in page.content.decode()


def test_words_are_folded_once_and_cut():
    assert words_of("Icons, icons & ICÔNS_two") == ["icons", "two"]
    assert words_of("y" * 100) == ["y" * 40]
    assert len(search_words("a b c d e f g h i j k l")) == 8


@pytest.mark.smoke
def test_a_search_among_many_items_answers_within_a_tenth_of_a_second(author):
    for number in range(60):
        factories.make_item(author=author, name=f"Hay {number}")
    make(author, "Needle in hay")
    client = host_client("graphics")
    client.get("/search/?q=hay")  # templates are compiled once

    started = time.perf_counter()
    response = client.get("/search/?q=needle hay")

    assert time.perf_counter() - started < 0.1
    assert "Needle in hay" in response.content.decode()


def test_the_best_match_is_first(author):
    in_summary = make(author, "Something else")
    Item.objects.filter(pk=in_summary.pk).update(summary="Good beside lanterns")
    tagged = make(author, "Paper lamps", tags=("lantern", "light", "red"))
    named = make(author, "Red lantern evening")
    whole = make(author, "Lantern")
    factories.index()

    page = search(GRAPHICS, text="lantern", sort=Sort.BEST_MATCH)

    ids = [item.pk for item in page.items.rows]
    assert ids == [whole.pk, named.pk, tagged.pk, in_summary.pk]
    texts = [round(page.parts[one].text, 2) for one in ids]
    assert texts == [6.0, 4.0, 3.0, 0.9]


def test_sales_and_freshness_move_an_item_by_the_published_formula(author):
    old = timezone.now() - timedelta(days=4 * 365.25)
    early = make(author, "Lantern one", published_at=old)
    late = make(author, "Lantern two")
    ItemListing.objects.filter(item=early).update(sales=10_000)
    factories.index()

    page = search(GRAPHICS, text="lantern", sort=Sort.BEST_MATCH)

    assert [item.pk for item in page.items.rows] == [early.pk, late.pk]
    parts = page.parts[early.pk], page.parts[late.pk]
    assert parts[0].popularity == pytest.approx(1 + math.log(10_001) / 4)
    assert parts[1].popularity == 1
    # Four years earlier counts half.
    assert parts[1].freshness / parts[0].freshness == pytest.approx(2, rel=1e-3)
    assert parts[0].score == pytest.approx(4 * parts[0].popularity * parts[0].freshness, rel=1e-4)


@pytest.mark.parametrize("sort", list(Sort))
def test_every_sort_can_be_turned_forth_and_back(author, sort):
    for number in range(7):
        item = factories.make_item(
            author=author, name=f"Lantern {number}", price_cents=100 * (number % 3 + 1)
        )
        ItemListing.objects.filter(item=item).update(
            sales=number % 2, rating=100 * (number % 3), trending=number % 4
        )
    factories.index()
    place, pages = FIRST, []
    while True:
        page = search(GRAPHICS, text="lantern", sort=sort, place=place, size=3)
        pages.append([item.pk for item in page.items.rows])
        assert page.total == 7
        if page.items.next_cursor is None:
            break
        place = Place(after=page.items.next_cursor)

    assert [len(one) for one in pages] == [3, 3, 1]
    assert len({pk for one in pages for pk in one}) == 7
    back = search(
        GRAPHICS, text="lantern", sort=sort, place=Place(before=page.items.previous_cursor), size=3
    )
    assert [item.pk for item in back.items.rows] == pages[1]
    if sort is not Sort.BEST_MATCH:
        listed = listing(site_id=GRAPHICS.id, node_id=0, sort=sort, size=7).rows
        assert [item.pk for item in listed] == [pk for one in pages for pk in one]


@pytest.mark.parametrize(
    "cursor", ["x", "WzFd", "W10", "WzFlMzBd", "Wy0xXQ", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd"]
)
@pytest.mark.parametrize("sort", ["best-match", "newest"])
def test_a_place_that_is_none_leads_to_the_beginning(author, cursor, sort):
    make(author, "Lantern")

    response = host_client("graphics").get(f"/search/?q=lantern&sort={sort}&after={cursor}")

    assert response.status_code in (200, 302)
    if response.status_code == 302:
        assert "after" not in response["Location"]
        assert "q=lantern" in response["Location"]


def test_best_match_says_why_an_item_is_where_it_is(author):
    make(author, "Lantern")

    best = host_client("graphics").get("/search/?q=lantern").content.decode()
    newest = host_client("graphics").get("/search/?q=lantern&sort=newest").content.decode()

    why = best.split('id="why"')[1].split("</details>")[0]
    assert re.findall(r"<td>([\d.]+)</td>", why)[:2] == ["6.00", "1.00"]
    assert 'id="why"' not in newest
