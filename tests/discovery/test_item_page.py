import pytest
from django.utils.formats import date_format

from market.items.models import Item, ItemDetail, ItemPreview, ItemVersion
from market.tenancy import hosts
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
        Item.Status.SUSPENDED,
    ],
)
def test_what_is_not_public_does_not_exist_on_any_host(sites, status):
    hidden = factories.make_item(status=status)

    for host in ("graphics", "photos"):
        assert page_of(hidden, host).status_code == 404


@pytest.mark.parametrize("status", [Item.Status.PAUSED, Item.Status.RETIRED])
def test_what_is_off_sale_says_so_and_cannot_be_bought(sites, status):
    gone = factories.make_item(status=status)

    response = page_of(gone)

    assert response.status_code == 200
    assert "No longer on sale" in response.content.decode()
    assert "/buy/" not in response.content.decode()


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
