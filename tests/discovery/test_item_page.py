from datetime import UTC, datetime

import pytest
from django.utils.formats import date_format
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains

from market.community.models import Rating
from market.community.tasks import count_ratings
from market.discovery.selectors.item import find_item, neighbours, trail
from market.items.models import (
    Category,
    Item,
    ItemDetail,
    ItemEvent,
    ItemFile,
    ItemListing,
    ItemPreview,
    ItemStats,
    ItemVersion,
    LicencePrice,
)
from market.tenancy import hosts
from market.tenancy.registry import marketplace
from tests import factories
from tests.conftest import host_client


@pytest.fixture
def item(sites):
    return factories.make_item(name="Ink & Line", price_cents=1900)


def page_of(item, host="graphics", **how):
    return host_client(host).get(f"/items/{item.slug}/{item.pk}/", **how)


def test_each_licence_shows_its_price_with_everything_in_it(item):
    page = page_of(item).content.decode()

    card_price = item.card["price_cents"]
    assert f'data-cents="{card_price}" checked' in page
    assert f'action="/items/{item.slug}/{item.pk}/buy/"' in page
    assert "Ink &amp; Line" in page
    assert date_format(item.published_at, "j F Y") in page


def test_an_item_of_another_marketplace_moves_to_its_own(item):
    for path, name in (("", "item"), ("preview/", "live_preview")):
        response = host_client("photos").get(f"/items/{item.slug}/{item.pk}/{path}")

        assert response.status_code == 301
        assert response["Location"] == hosts.link(
            "graphics", f"discovery:{name}", slug=item.slug, item_id=item.pk
        )


def test_an_old_name_moves_to_the_present_one(item):
    response = host_client("graphics").get(f"/items/former-name/{item.pk}/")

    assert response.status_code == 301
    assert response["Location"].endswith(f"/items/{item.slug}/{item.pk}/")


@pytest.mark.parametrize(
    "status",
    [
        Item.Status.DRAFT,
        Item.Status.SUBMITTED,
        Item.Status.IN_REVIEW,
        Item.Status.SOFT_REJECTED,
        Item.Status.HARD_REJECTED,
    ],
)
def test_what_is_not_public_does_not_exist_on_any_host(sites, status):
    hidden = factories.make_item(status=status)

    for host in ("graphics", "photos"):
        assert page_of(hidden, host).status_code == 404


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Item.Status.PAUSED, "Its author took it off the shelf on 3 May 2026"),
        (Item.Status.RETIRED, "It has not been sold since 3 May 2026"),
    ],
)
def test_what_is_off_sale_says_since_when_and_cannot_be_bought(sites, status, words):
    gone = factories.make_item(status=status)
    happened(gone, status)

    response = page_of(gone)

    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert "your library" in page
    assert "A private note" not in page
    assert "/buy/" not in page
    assert "adviser-form" not in page


def happened(item, status):
    ItemEvent.objects.create(
        item=item, from_status="approved", to_status=status, reason="A private note",
        created_at=datetime(2026, 5, 3, 12, tzinfo=UTC),
    )  # fmt: skip


def test_what_staff_took_off_the_shelf_is_gone_but_not_forgotten(sites):
    hidden = factories.make_item(status=Item.Status.SUSPENDED, name="Borrowed picture")
    happened(hidden, Item.Status.SUSPENDED)

    response = page_of(hidden)

    page = response.content.decode()
    assert response.status_code == 410
    assert "off sale on 3 May 2026" in page
    assert "your library" in page
    for private in ("Borrowed picture", "A private note", "About Borrowed", "/buy/"):
        assert private not in page
    assert page_of(hidden, "photos").status_code == 301
    preview = host_client("graphics").get(f"/items/{hidden.slug}/{hidden.pk}/preview/")
    assert preview.status_code == 410


def test_what_was_suspended_before_it_was_ever_public_does_not_exist(sites):
    hidden = factories.make_item(status=Item.Status.SUSPENDED)
    Item.objects.filter(pk=hidden.pk).update(published_at=None)

    assert page_of(hidden).status_code == 404


def test_an_unknown_item_is_404_in_the_marketplaces_own_look_with_a_search(sites):
    for item_id in (1, 2**63, 10**30):
        response = host_client("audio").get(f"/items/x/{item_id}/")

        assert response.status_code == 404
        page = response.content.decode()
        assert "/static/sites/audio/theme.css" in page
        assert 'action="/search/"' in page


def test_the_credit_that_an_open_licence_asks_for_is_shown(item):
    ItemDetail.objects.filter(pk=item.pk).update(
        attribution="Drawn by Ada <b>Lovelace</b>", upstream_licence="CC-BY-4.0"
    )

    page = page_of(item).content.decode()

    assert "Drawn by Ada &lt;b&gt;Lovelace&lt;/b&gt;" in page
    assert "CC-BY-4.0" in page


def test_attributes_have_the_labels_and_units_of_the_marketplace(item):
    ItemDetail.objects.filter(pk=item.pk).update(
        attributes={"ai_disclosure": "assisted", "file_types": ["SVG", "PNG"], "unheard_of": "x"}
    )

    page = page_of(item).content.decode()

    assert "<dt>Made with generative AI</dt><dd>assisted</dd>" in page
    assert "unheard_of" not in page


def test_a_live_preview_runs_in_a_sandbox_of_the_files_host(sites):
    theme = factories.make_item(site="themes", category="site-templates/portfolio")
    assert theme.live_version is not None
    ItemPreview.objects.create(
        version=theme.live_version,
        kind="live",
        key="previews/live/abc/",
        content_type="text/html",
        facts={"index": "site/index.html"},
    )

    client = host_client("themes")
    response = client.get(f"/items/{theme.slug}/{theme.pk}/preview/?width=phone")
    page = response.content.decode()

    assert response.status_code == 200
    assert f'src="{hosts.origin("files")}/live/abc/site/index.html"' in page
    assert 'sandbox="allow-scripts"' in page
    assert "live-frame live-phone" in page
    assert "/preview/" in page_of(theme, "themes").content.decode()


def test_without_a_live_preview_there_is_no_page_for_it(item):
    response = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/preview/")

    assert response.status_code == 404


def test_versions_in_review_are_not_shown(item):
    ItemVersion.objects.create(item=item, number=2, label="2.0-secret", status="submitted")

    assert "2.0-secret" not in page_of(item).content.decode()


def test_a_broken_reviews_cursor_shows_the_newest(item):
    assert (
        host_client("graphics").get(f"/items/{item.slug}/{item.pk}/?reviews=%00x").status_code
        == 200
    )


def test_the_way_from_the_front_page_ends_at_the_item(item):
    steps = trail(find_item(item.pk), marketplace("graphics"))

    assert [step.name for step in steps] == ["Graphics Shelf", "Icons", "Line", "Ink & Line"]
    assert steps[-1].address == hosts.link(
        "graphics", "discovery:item", slug=item.slug, item_id=item.pk
    )


def test_the_price_opens_into_its_parts(item):
    page = page_of(item).content.decode()

    assert "<td>$19</td><td>$2</td><td>$21</td>" in page
    assert "Nothing is added at the checkout" in page


@pytest.mark.parametrize(
    ("asked", "checked"),
    [
        ("?licence=extended", "extended"),
        ("?licence=font-web", "standard"),
        ("?licence=%00", "standard"),
        ("?products=1&sale=paid", "extended"),
        ("?products=1&sale=free", "standard"),
        ("?products=1", "standard"),
        ("?products=x&sale=paid", "standard"),
        ("?products=1&sale=paid&licence=standard", "standard"),
    ],
)
def test_the_address_chooses_the_licence(item, asked, checked):
    response = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/{asked}")

    page = response.content.decode()
    assert page.count(" checked>") == 1
    chosen = page.split(" checked>")[0].rsplit('value="', 1)[1].split('"')[0]
    assert chosen == checked


def test_the_adviser_says_in_the_panel_what_fits_and_why(item):
    address = f"/items/{item.slug}/{item.pk}/"

    asked = host_client("graphics").get(address + "?products=1&sale=paid")
    begun = host_client("graphics").get(address + "?products=1")
    none = host_client("graphics").get(address + "?products=more&sale=paid")

    assertContains(asked, "<strong>Extended licence</strong> is the cheapest that allows it.")
    assertContains(asked, "Not allowed: End products that people pay for")
    assertContains(begun, "1 answer is still missing.")
    assertContains(none, "Buy one for each of them")


def test_reviews_of_so_many_stars_alone(item):
    for stars in (5, 5, 2):
        bought = factories.make_purchase(buyer=factories.make_user(), item=item)
        Rating.objects.create(
            purchase=bought, item=item, buyer=bought.buyer, stars=stars, text=f"Given {stars}"
        )
    count_ratings.call(item_id=item.pk)
    address = f"/items/{item.slug}/{item.pk}/"

    whole = host_client("graphics").get(address)
    fives = host_client("graphics").get(address + "?stars=5")
    nonsense = host_client("graphics").get(address + "?stars=6")

    assertContains(whole, '<rect width="67" height="1"/>')
    assertContains(whole, '<rect width="33" height="1"/>')
    assertContains(fives, '<p dir="auto">Given 5</p>', count=2)
    assertNotContains(fives, "Given 2")
    assertContains(nonsense, "Given 2")
    assertContains(host_client("graphics").get(address + "?stars=1"), "Nobody gave it so many")


def test_older_reviews_keep_the_stars_that_were_asked_for(item):
    for _ in range(11):
        bought = factories.make_purchase(buyer=factories.make_user(), item=item)
        Rating.objects.create(purchase=bought, item=item, buyer=bought.buyer, stars=4)

    page = host_client("graphics").get(f"/items/{item.slug}/{item.pk}/?stars=4")

    assertContains(page, "?stars=4&amp;reviews=")


def test_beside_it_stand_the_best_sellers_of_its_shelf_and_then_of_the_whole_category(item):
    others = [factories.make_item(name=f"Line {number}") for number in range(2)]
    cousin = factories.make_item(category="icons/solid", name="Cousin")
    factories.make_item(category="vectors/patterns", name="Stranger")
    ItemListing.objects.filter(item=others[1]).update(sales=9)
    ItemListing.objects.filter(item=cousin).update(sales=99)

    found = neighbours(item, marketplace("graphics"))

    assert [one.pk for one in found.related] == [others[1].pk, others[0].pk, cousin.pk]
    assert found.by_author == []


def test_what_is_like_it_comes_before_its_shelf(item):
    Item.objects.filter(pk=item.pk).update(name="Night lantern")
    ItemDetail.objects.filter(item=item).update(tags=["light", "paper"])
    shelf = factories.make_item(name="Best seller", tags=("other",))
    ItemListing.objects.filter(item=shelf).update(sales=500)
    named = factories.make_item(name="Lantern", category="vectors/patterns", tags=("other",))
    tagged = factories.make_item(name="Boat", category="vectors/patterns", tags=("light", "paper"))
    factories.make_item(
        site="photos", category="nature/landscapes", name="Lantern", tags=("light",)
    )
    factories.index()

    found = neighbours(find_item(item.pk), marketplace("graphics"))

    assert [one.pk for one in found.related] == [tagged.pk, named.pk, shelf.pk]


def test_more_by_the_author_is_not_said_twice_nor_of_other_sites(item):
    second = factories.make_item(author=item.author, name="Second")
    factories.make_item(
        author=item.author, site="photos", category="nature/landscapes", name="Elsewhere"
    )
    factories.make_item(author=item.author, status="paused", name="Resting")

    found = neighbours(item, marketplace("graphics"))

    assert [one.pk for one in found.by_author] == [second.pk]
    assert found.related == []


def test_an_item_of_a_category_without_a_parent_asks_for_none(item, django_assert_num_queries):
    Item.objects.filter(pk=item.pk).update(
        category=Category.objects.get(site_id=item.site_id, path="icons")
    )
    factories.make_item()
    lonely = find_item(item.pk)

    with django_assert_num_queries(3):
        neighbours(lonely, marketplace("graphics"))


ODD_NAMES = [
    "W" * 100,
    "نور الصباح",
    "朝の光アイコン",
    "👩‍👩‍👧‍👦 family 🎉",
    '<b>bold</b> & "quoted"',
]


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("cents", [1, 99_999_900])
def test_odd_names_prices_and_missing_parts_still_make_a_page(sites, name, cents):
    odd = factories.make_item(name=name, price_cents=cents, tags=())
    ItemDetail.objects.filter(pk=odd.pk).update(description_html="", attributes={})
    ItemStats.objects.filter(pk=odd.pk).delete()
    ItemFile.objects.filter(version=odd.live_version).delete()
    ItemVersion.objects.filter(item=odd).update(label="v" * 40, changelog="x" * 5000)

    response = page_of(odd)

    assertContains(response, escape(name))
    assertContains(response, "Its author has written no description.")
    shown = "$2.01" if cents == 1 else "$1,000,001"
    assertContains(response, shown)
    assertNotContains(response, "<b>bold")


def test_a_hundred_thousand_reviews_are_counted_beforehand(item, django_assert_num_queries):
    ItemStats.objects.filter(pk=item.pk).update(
        rating_sum=450_000, rating_count=100_000, stars_4=50_000, stars_5=50_000, sales=1_234_567
    )

    with django_assert_num_queries(8):  # nothing beside it: no cards to read
        page = page_of(item)

    assertContains(page, "100,000")
    assertContains(page, "by 100,000 buyers")


def test_a_count_that_does_not_know_the_stars_yet_shows_no_bars(item):
    ItemStats.objects.filter(pk=item.pk).update(rating_sum=9, rating_count=2)

    assertNotContains(page_of(item), "review-bars")


def test_an_item_without_a_price_says_so(item):
    LicencePrice.objects.filter(item=item).update(current=None)

    page = page_of(item)

    assertContains(page, "It has no price at the moment.")
    assertNotContains(page, "buy-bar")


def test_support_says_what_is_in_it_only_where_it_is_given(sites):
    theme = factories.make_item(site="themes", category="site-templates/portfolio")
    without = page_of(theme, "themes")
    ItemDetail.objects.filter(pk=theme.pk).update(has_support=True)

    assertContains(page_of(theme, "themes"), "For 6 months after you buy it")
    assertContains(page_of(theme, "themes"), "Not included")
    assertContains(without, "It comes as it is")
