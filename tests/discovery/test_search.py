import time

import pytest

from market.discovery.models import SearchWord
from market.discovery.selectors import search as search_selectors
from market.discovery.services import index_item
from market.discovery.words import search_words, words_of
from market.items.models import Item
from market.tenancy.registry import marketplace
from tests import factories
from tests.conftest import host_client

GRAPHICS = marketplace("graphics")


@pytest.fixture
def author(sites):
    return factories.make_author()


def make(author, name, **how):
    item = factories.make_item(author=author, name=name, **how)
    index_item(item_id=item.pk)
    return item


def found(text):
    page = search_selectors.search(GRAPHICS, text=text, sort=search_selectors.Sort.NEWEST)
    return sorted(item.name for item in page.items.rows)


@pytest.mark.smoke
def test_every_word_must_begin_a_word_of_the_name(author):
    make(author, "Duotone Story Icons")
    make(author, "Living Weather Icons")

    assert found("icons") == ["Duotone Story Icons", "Living Weather Icons"]
    assert found("ico sto") == ["Duotone Story Icons"]
    assert found("icons weather") == ["Living Weather Icons"]
    assert found("icons photo") == []
    assert found("cons") == []


def test_case_and_accents_do_not_matter(author):
    make(author, "Résumé Çelebi Straße")

    for text in ("resume", "RÉSUMÉ", "celebi", "STRASSE", "résu"):
        assert found(text) == ["Résumé Çelebi Straße"]


@pytest.mark.parametrize(
    "text", ["%", "_", "' OR 1=1 --", "100%", "a\\", "<script>", "🦊", "x" * 5000, "a " * 3000]
)
def test_signs_and_endless_text_are_only_text(author, text):
    make(author, "Plain icons")

    response = host_client("graphics").get("/search/", {"q": text})

    assert response.status_code == 200
    assert "No graphic is called that" in response.content.decode()


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
    Item.objects.filter(pk=item.pk).update(name="New label")

    for _ in range(2):
        index_item(item_id=item.pk)

    assert found("old") == []
    assert found("label") == ["New label"]
    assert set(SearchWord.objects.values_list("word", flat=True)) == {"new", "label"}


def test_an_item_off_sale_is_no_longer_found(author):
    item = make(author, "Gone soon")
    Item.objects.filter(pk=item.pk).update(status=Item.Status.PAUSED)

    index_item(item_id=item.pk)

    assert not SearchWord.objects.exists()


def test_indexing_an_item_that_is_gone_is_no_error(sites):
    index_item(item_id=4711)

    assert not SearchWord.objects.exists()


def test_too_many_matches_are_said_to_be_more(author, monkeypatch):
    monkeypatch.setattr(search_selectors, "MATCHES", 3)
    for number in range(5):
        make(author, f"Icon {number}")

    page = host_client("graphics").get("/search/?q=icon").content.decode()

    assert "More than <strong>3</strong>" in page
    assert page.count('class="card ') == 3


def test_no_result_says_what_to_do(author):
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
    page = host_client("graphics").get("/search/", {"q": '"><script>alert(1)</script>'})

    assert "<script>alert" not in page.content.decode()
    assert "&quot;&gt;&lt;script&gt;" in page.content.decode()


def test_words_are_folded_once_and_cut():
    assert words_of("Icons, icons & ICÔNS_two") == ["icons", "two"]
    assert words_of("y" * 100) == ["y" * 40]
    assert len(search_words("a b c d e f g h i j k l")) == 8


@pytest.mark.smoke
def test_a_search_among_many_words_answers_within_a_tenth_of_a_second(author):
    item = make(author, "Needle in hay")
    others = [factories.make_item(author=author, name=f"Hay {n}") for n in range(20)]
    SearchWord.objects.bulk_create(
        SearchWord(site_id=GRAPHICS.id, word=f"hay{number}", item=others[number % 20])
        for number in range(3000)
    )
    client = host_client("graphics")
    client.get("/search/?q=hay")  # templates are compiled once

    started = time.perf_counter()
    response = client.get("/search/?q=needle hay")

    assert time.perf_counter() - started < 0.1
    assert item.name in response.content.decode()
