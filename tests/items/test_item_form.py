"""The author's form: what people type, and what they get to read about it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from market.items import selectors
from market.items.content.validation import ItemContent
from market.items.models import Item, ItemDetail, LicencePrice
from market.items.services import authoring
from market.tenancy.registry import marketplace, marketplaces
from tests import factories
from tests.items.conftest import WORDS, give, prices
from tests.items.samples import archive, picture


@pytest.fixture
def client(client_for, author):
    return client_for("account", author)


def form_of(item: Item, **changed) -> dict[str, object]:
    """What a browser sends from the item's form."""
    item.refresh_from_db()
    return {
        "name": "Calm Icons",
        "category": "icons/line",
        "summary": "Icons for quiet pages.",
        "description": WORDS,
        "tags": "icons, line, calm",
        "label": "1.0.0",
        "attr_files_included": ["SVG"],
        "attr_ai_disclosure": "none",
        "attr_ai_training": "denied",
        "seen": item.updated_at.isoformat(),
        **{f"price_{code}": str(cents // 100) for code, cents in prices().items()},
        **changed,
    }


def post(client, item, **changed):
    return client.post(f"/author/items/{item.pk}/", form_of(item, **changed))


def said(response, field: str) -> str:
    """The error at a field of the page's forms."""
    for form in (response.context["form"], response.context["price_form"]):
        if field in form.errors:
            return " ".join(form.errors[field])
    return ""


class TestNewItems:
    def test_the_marketplace_comes_first(self, client):
        page = client.get("/author/items/new/")

        for site in marketplaces():
            assert f"?site={site.slug}".encode() in page.content

    def test_then_name_and_category(self, client, author):
        response = client.post(
            "/author/items/new/?site=photos", {"name": "A Cat", "category": "animals/pets"}
        )

        item = Item.objects.get()
        assert response.url == f"/author/items/{item.pk}/"
        assert (item.site_id, item.author, item.status, item.slug) == (
            marketplace("photos").id, author, Item.Status.DRAFT, "a-cat",
        )  # fmt: skip
        assert item.versions.get().number == 1

    @pytest.mark.parametrize("category", ["", "animals", "icons/line", "animals/pets/x", "' OR 1"])
    def test_a_category_that_takes_no_items(self, client, category):
        response = client.post(
            "/author/items/new/?site=photos", {"name": "A Cat", "category": category}
        )

        assert response.status_code == 422
        assert not Item.objects.exists()

    def test_an_unknown_marketplace(self, client):
        assert b"Where does it belong?" in client.get("/author/items/new/?site=evil").content

    def test_who_is_no_author(self, client_for, buyer):
        client = client_for("account", buyer)

        for path in ("/author/items/", "/author/items/new/"):
            response = client.get(path)
            assert response.status_code == 403
            assert b"Become an author" in response.content
        client.post("/author/items/new/?site=photos", {"name": "A", "category": "animals/pets"})
        assert not Item.objects.exists()

    def test_what_the_browser_may_not_decide(self, client, author):
        client.post(
            "/author/items/new/?site=photos",
            {
                "name": "A Cat", "category": "animals/pets", "status": "approved",
                "author_id": "1", "site_id": "1", "is_staff": "1", "id": "77",
            },
        )  # fmt: skip

        item = Item.objects.get()
        assert (item.author, item.site_id, item.status) == (author, 6, Item.Status.DRAFT)
        assert item.pk != 77


class TestNames:
    @pytest.mark.parametrize(
        ("name", "problem"),
        [
            ("", "required"),
            ("     ", "at least one letter"),
            ("\u200b\u200b\ufeff", "at least one letter"),
            ("\u202eevil", "reading direction"),
            ("a\u2066b", "reading direction"),
            ("name\u200fname", "reading direction"),
            ("a\0b", "Null characters"),
            ("x" * 10_000, "At most 100 characters; you have 10,000"),
            ("x" * 101, "At most 100 characters"),
            ("<script>alert(1)</script>", "Angle brackets"),
            ("-- !!", "at least one letter"),
            ("a", "At least 2"),
        ],
        ids=range(12),
    )
    def test_refused_with_a_reason(self, client, draft, name, problem):
        response = post(client, draft, name=name)

        assert response.status_code == 422
        assert problem in said(response, "name")
        draft.refresh_from_db()
        assert draft.name == "Calm Icons"

    @pytest.mark.parametrize(
        ("name", "kept"),
        [
            ("  Calm \t Icons \n", "Calm Icons"),
            ("Icons 🍣 and 👨‍👩‍👧", "Icons 🍣 and 👨‍👩‍👧"),
            ("أيقونات", "أيقونات"),
            ("Fun\u200bny", "Funny"),
            ("e\u0301tude", "étude"),
            ("x" * 100, "x" * 100),
            ("Tom & Jerry's “best”", "Tom & Jerry's “best”"),
        ],
        ids=range(7),
    )
    def test_kept(self, client, draft, name, kept):
        assert post(client, draft, name=name).status_code == 302

        draft.refresh_from_db()
        assert draft.name == kept

    def test_shown_as_text(self, client, draft):
        post(client, draft, name="Tom & Jerry")

        assert b"<h1>Tom &amp; Jerry</h1>" in client.get(f"/author/items/{draft.pk}/").content


class TestWords:
    def test_a_description_is_made_safe(self, client, draft):
        evil = WORDS + "<script>alert(1)</script> [x](javascript:alert(1)) <img onerror=a src=x>"
        assert post(client, draft, description=evil).status_code == 302

        html = ItemDetail.objects.get(item=draft).description_html
        assert "<script" not in html
        assert "javascript:" not in html.replace("](javascript:", "")
        assert "<img" not in html

    @pytest.mark.parametrize(
        ("field", "value", "problem"),
        [
            ("description", "x" * 100_000, "At most"),
            ("summary", "x" * 201, "At most 200"),
            ("summary", "a\u202eb", "reading direction"),
            ("tags", ",".join(f"tag{number}" for number in range(60)), "At most"),
            ("tags", "x" * 41, "at most 40 characters"),
            ("tags", "<b>,two,three", "plain words"),
            ("attribution", "x" * 1001, "At most 1000"),
            ("upstream_licence", "MIT; DROP TABLE", "SPDX"),
            ("label", "x" * 41, "At most 40"),
            ("attr_ai_disclosure", "perhaps", "not one of the options"),
            ("attr_files_included", ["SVG", "EXE"], "EXE"),
        ],
        ids=range(11),
    )
    def test_refused_at_the_field(self, client, draft, field, value, problem):
        response = post(client, draft, **{field: value})

        assert response.status_code == 422
        assert problem in said(response, field)

    def test_attributes_of_other_categories_are_not_taken(self, client, draft):
        post(client, draft, attr_tempo_bpm="120", attr_evil="1")

        assert set(ItemDetail.objects.get(item=draft).attributes) == {
            "files_included", "ai_disclosure", "ai_training",
        }  # fmt: skip

    def test_everything_entered_stays_on_the_page(self, client, draft):
        response = post(client, draft, name="", summary="My words stay")

        assert b"My words stay" in response.content


class TestPrices:
    @pytest.mark.parametrize(
        "price",
        ["12,50", "-1", "1e9", "1e3", "١٢", "NaN", "Infinity", "0.001", "$19", "19 USD", "0x1F",
         "1_000", "１９", "+5", "1.2.3", "9" * 20, "19'; --"],
    )  # fmt: skip
    def test_only_plain_digits(self, client, draft, price):
        response = post(client, draft, price_standard=price)

        assert response.status_code == 422
        assert said(response, "price_standard")
        assert (
            LicencePrice.objects.get(item=draft, licence_code="standard", current=1).cents == 1900
        )

    @pytest.mark.parametrize(
        ("price", "problem"),
        [
            ("0", "At least"),
            ("1000000000", "At most"),
            ("12.50", "steps of $1"),
            ("999999", "At most"),
        ],
    )
    def test_within_the_marketplaces_bounds(self, client, draft, price, problem):
        response = post(client, draft, price_standard=price)

        assert problem in said(response, "price_standard")

    def test_a_wider_licence_costs_at_least_its_multiple(self, client, draft):
        least = next(
            one.min_multiple
            for one in marketplace("graphics").licences_for("icons")
            if one.code == "extended"
        )
        response = post(client, draft, price_standard="20", price_extended="21")

        assert f"that is ${int(20 * least)}" in said(response, "price_extended")

    def test_a_price_for_each_licence(self, client, draft):
        response = post(client, draft, price_extended="")

        assert "missing" in said(response, "price_extended")

    def test_a_new_price_keeps_the_old_one_as_history(self, client, draft):
        assert post(client, draft, price_standard="18").status_code == 302

        rows = LicencePrice.objects.filter(item=draft, licence_code="standard").order_by("pk")
        assert [(row.cents, row.current) for row in rows] == [(1900, None), (1800, 1)]
        assert rows[0].valid_until == rows[1].valid_from

    def test_the_same_price_is_not_written_again(self, client, draft):
        before = LicencePrice.objects.count()

        post(client, draft)

        assert LicencePrice.objects.count() == before


@pytest.mark.parametrize("price", ["12,50", "1000000000"])
def test_all_problems_are_told_at_once(client, draft, price):
    response = post(client, draft, name="  ", tags="<b>", price_standard=price)

    assert said(response, "name")
    assert said(response, "tags")
    assert said(response, "price_standard")


class TestTwoWindows:
    def test_an_older_form_overwrites_nothing(self, client, draft):
        old = form_of(draft)
        post(client, draft, summary="From the other window")

        response = client.post(f"/author/items/{draft.pk}/", {**old, "summary": "From this one"})

        assert response.status_code == 409
        assert b"changed in another window" in response.content
        assert b"From this one" in response.content
        draft.refresh_from_db()
        assert draft.summary == "From the other window"

    @pytest.mark.parametrize("seen", ["", "yesterday", "2026-13-45", "1"])
    def test_a_forged_mark(self, client, draft, seen):
        assert post(client, draft, seen=seen).status_code == 409

    def test_a_mark_from_the_future(self, client, draft):
        later = timezone.now() + timedelta(days=1)

        assert post(client, draft, seen=later.isoformat()).status_code == 409


def test_another_top_level_category_drops_what_was_checked_by_other_rules(client, draft):
    give(draft, "main", "a.zip", archive())
    give(draft, "thumbnail", "a.png", picture(160, 160))

    response = post(client, draft, category="vectors/backgrounds")

    assert response.status_code == 302
    assert list(draft.versions.get().files.values_list("role", flat=True)) == ["thumbnail"]


def test_a_submitted_item_cannot_be_edited(client, submitted):
    response = post(client, submitted, name="Other words")

    assert response.status_code == 422
    submitted.refresh_from_db()
    assert submitted.name == "Calm Icons"


def test_somebody_elses_item_does_not_exist(client_for, draft):
    other = client_for("account", factories.make_author())

    assert other.get(f"/author/items/{draft.pk}/").status_code == 404
    assert post(other, draft, name="Mine now").status_code == 404
    for verb in ("submit", "pause", "resume", "retire", "prices", "versions/new"):
        assert other.post(f"/author/items/{draft.pk}/{verb}/").status_code == 404
    draft.refresh_from_db()
    assert draft.name == "Calm Icons"


def test_every_category_of_every_marketplace_has_a_form(client, author):
    for site in marketplaces():
        tops = {path.split("/")[0]: path for path in site.leaf_paths()}
        for path in tops.values():
            item = authoring.create_item(
                author=author, site_id=site.id, category_path=path,
                content=ItemContent(name=f"In {path}"),
            )  # fmt: skip
            response = client.get(f"/author/items/{item.pk}/")
            assert response.status_code == 200
            assert b"Main file" in response.content


def test_the_desk_is_read_in_few_queries(client, author, django_assert_num_queries):
    for number in (1, 2):
        factories.make_item(author=author, name=f"Item {number}")
    with django_assert_num_queries(1):
        page = selectors.author_items(author)
        assert [(item.name, item.stats.sales) for item in page.rows] == [
            ("Item 2", 0), ("Item 1", 0),
        ]  # fmt: skip
    assert b"Item 2" in client.get("/author/items/").content


def test_an_empty_desk_shows_the_way_on(client):
    assert b"Offer your first item" in client.get("/author/items/").content


def test_a_cursor_that_is_not_ours(client):
    assert client.get("/author/items/?cursor=%00evil").status_code == 302


def test_wrong_words_and_wrong_prices_are_summed_up_in_one_box(client, draft):
    page = post(client, draft, name="  ", price_standard="12,50").content.decode()

    assert page.count('class="error-summary"') == 1
    box = page.split('class="error-summary"')[1].split("</ul>")[0]
    assert "autofocus" in box.split(">")[0]
    assert 'href="#id_name"' in box
    assert 'href="#id_price_standard"' in box
