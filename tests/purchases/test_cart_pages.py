from datetime import timedelta

import pytest
from django.utils import timezone

from market.purchases.models import Cart, CartHandoff, CartLine
from market.purchases.services import cart as carts
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


def buy_page(item):
    return f"/items/{item.slug}/{item.pk}/buy/"


@pytest.fixture
def visitor(sites, client_for):
    return client_for("graphics")


@pytest.mark.smoke
def test_a_visitor_fills_a_cart_of_this_host(visitor, item):
    response = visitor.post("/cart/add/", {"item_id": item.pk, "licence_code": "standard"})

    assert response.headers["Location"] == "/cart/"
    cookie = response.cookies["cart"]
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
    assert carts.visitor_cart(cookie.value).host_key == "graphics"
    page = visitor.get("/cart/")
    assert b"Blue icons" in page.content
    assert b"$21" in page.content
    assert "no-store" in page.headers["Cache-Control"]


def test_the_pages_script_gets_the_new_count(visitor, item):
    response = visitor.post(
        "/cart/add/",
        {"item_id": item.pk, "licence_code": "standard"},
        headers={"Accept": "application/json"},
    )

    assert response.json() == {"cart_count": 1}


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"item_id": "1e9", "licence_code": "standard"},
        {"item_id": "-1", "licence_code": "standard"},
        {"item_id": str(10**30), "licence_code": "standard"},
        {"item_id": "1\x00", "licence_code": "standard"},
    ],
)
def test_a_tampered_form_adds_nothing(visitor, form):
    assert visitor.post("/cart/add/", form).status_code == 404
    assert not Cart.objects.exists()


def test_an_item_of_another_site_is_not_found(client_for, item):
    response = client_for("photos").post(
        "/cart/add/", {"item_id": item.pk, "licence_code": "standard"}
    )

    assert response.status_code == 404


def test_a_licence_that_is_not_offered_is_explained(visitor, item):
    form = {"item_id": item.pk, "licence_code": "font-web"}

    page = visitor.post("/cart/add/", form)
    missing = visitor.post("/cart/add/", {"item_id": item.pk})
    script = visitor.post("/cart/add/", form, headers={"Accept": "application/json"})

    assert page.status_code == script.status_code == missing.status_code == 422
    assert b"not offered under that licence" in page.content
    assert script.json()["code"] == "licence_not_offered"
    assert not CartLine.objects.exists()


def test_adding_needs_the_token(item, client_for):
    client = client_for("graphics")
    client.handler.enforce_csrf_checks = True

    response = client.post("/cart/add/", {"item_id": item.pk, "licence_code": "standard"})

    assert response.status_code == 403


def test_buying_needs_no_script(visitor, item):
    page = visitor.get(buy_page(item))
    assert b"Standard licence" in page.content
    assert b"$21" in page.content

    response = visitor.post(buy_page(item), {"licence_code": "extended", "then": "cart"})

    assert response.headers["Location"] == "/cart/"
    assert CartLine.objects.get().licence_code == "extended"


def test_the_buy_page_preselects_the_licence_of_the_link(visitor, item):
    page = visitor.get(buy_page(item) + "?licence=extended").content.decode()

    assert 'value="extended" required checked' in page


def test_buy_now_goes_on_to_the_checkout_with_the_cart(visitor, item, client_for):
    response = visitor.post(buy_page(item), {"licence_code": "standard", "then": "checkout"})

    address = response.headers["Location"]
    assert address.startswith("http://account.localhost/checkout/?cart=")
    account = client_for("account")
    assert account.get(address).headers["Location"] == "/checkout/"
    assert "/sign-in/" in account.get("/checkout/").headers["Location"]
    assert b"Blue icons" in account.get("/cart/").content


def test_the_buy_page_of_another_site_is_at_that_site(client_for, item):
    response = client_for("photos").get(buy_page(item))

    assert response.status_code == 301
    assert response.headers["Location"] == f"http://graphics.localhost{buy_page(item)}"


@pytest.mark.parametrize(
    ("status", "answer"), [("draft", 404), ("suspended", 404), ("retired", 200)]
)
def test_the_buy_page_of_what_is_not_on_sale(visitor, status, answer):
    item = factories.make_item(status=status)

    page = visitor.get(buy_page(item))

    assert page.status_code == answer
    assert (b"not for sale any more" in page.content) == (answer == 200)
    assert b"Buy now" not in page.content


def test_lines_are_changed_and_removed(client_for, buyer, item):
    line = steps.fill_cart(buyer, item).lines.get()
    client = client_for("graphics", buyer)

    client.post("/cart/licence/", {"line_id": line.pk, "licence_code": "extended"})
    assert CartLine.objects.get().licence_code == "extended"
    refused = client.post("/cart/licence/", {"line_id": line.pk, "licence_code": "font-app"})
    assert refused.status_code == 422
    client.post("/cart/remove/", {"line_id": line.pk})
    assert not CartLine.objects.exists()


def test_nobody_touches_the_lines_of_others(client_for, buyer, item):
    line = steps.fill_cart(buyer, item).lines.get()
    client = client_for("account", factories.make_user())
    steps.fill_cart(factories.make_user(), item)

    client.post("/cart/remove/", {"line_id": line.pk})
    client.post("/cart/licence/", {"line_id": line.pk, "licence_code": "extended"})

    line.refresh_from_db()
    assert line.licence_code == "standard"


class TestHandoff:
    @pytest.fixture
    def address(self, visitor, item):
        visitor.post("/cart/add/", {"item_id": item.pk, "licence_code": "standard"})
        return visitor.post("/checkout/").headers["Location"]

    def test_it_joins_the_cart_of_who_is_signed_in(self, address, client_for, buyer):
        client = client_for("account", buyer)

        assert client.get(address).headers["Location"] == "/checkout/"

        assert buyer.cart.lines.count() == 1
        assert b"Pay $21" in client.get("/checkout/").content

    def test_it_works_once(self, address, client_for, buyer):
        client_for("account", buyer).get(address)

        other = factories.make_user()
        response = client_for("account", other).get(address)

        assert response.headers["Location"] == "/checkout/"
        assert not CartLine.objects.filter(cart__user=other).exists()

    def test_it_lives_a_minute(self, address, client_for, buyer):
        CartHandoff.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

        client_for("account", buyer).get(address)

        assert not CartLine.objects.filter(cart__user=buyer).exists()

    def test_signed_in_on_the_site_no_code_is_needed(self, client_for, buyer, item):
        steps.fill_cart(buyer, item)

        response = client_for("graphics", buyer).post("/checkout/")

        assert response.headers["Location"] == "http://account.localhost/checkout/"


def test_a_price_that_changed_is_said_in_place_and_confirmed(visitor, item):
    form = {"item_id": item.pk, "licence_code": "standard", "shown_cents": 1900}

    told = visitor.post("/cart/add/", form, headers={"Accept": "application/json"})
    again = visitor.post(
        "/cart/add/",
        form | {"shown_cents": told.json()["total_cents"]},
        headers={"Accept": "application/json"},
    )

    assert told.status_code == 422
    assert told.json() == {
        "error": "The price is now $21; it was $19. Press again if you agree.",
        "code": "price_changed",
        "total_cents": 2100,
        "total": "$21",
    }
    assert again.json() == {"cart_count": 1}


def test_without_script_too(visitor, item):
    old = {"licence_code": "standard", "then": "cart", "shown-standard": "1900"}

    told = visitor.post(buy_page(item), old)

    assert told.status_code == 422
    assert b"The price is now $21; it was $19." in told.content
    assert b'name="shown-standard" value="2100"' in told.content
    assert not CartLine.objects.exists()
    assert visitor.post(buy_page(item), old | {"shown-standard": "2100"}).status_code == 302
    assert CartLine.objects.get().shown_cents == 2100


@pytest.mark.parametrize("shown", ["", "-1", "1e3", "٢١٠٠", "9" * 40])
def test_a_shown_price_that_is_none_of_ours_is_ignored(visitor, item, shown):
    form = {"licence_code": "standard", "then": "cart", "shown-standard": shown}

    assert visitor.post(buy_page(item), form).status_code == 302
