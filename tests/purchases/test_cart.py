from datetime import timedelta

import pytest
from django.utils import timezone

from market.core.ids import token_hash
from market.purchases.errors import (
    CartFull,
    CartGone,
    LicenceNotOffered,
    NotForSale,
    OfferChanged,
    OwnItem,
)
from market.purchases.models import Cart, CartLine
from market.purchases.selectors.carts import cart_page
from market.purchases.services import cart as carts
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


def add(cart, item, licence_code="standard", **more):
    return carts.add_to_cart(cart=cart, item_id=item.pk, licence_code=licence_code, **more)


def test_a_line_has_the_all_in_price(buyer, item):
    cart = steps.fill_cart(buyer, item)

    page = cart_page(cart, buyer_id=buyer.pk)

    assert page.total_cents == 1900 + 200
    assert (page.item_cents, page.fee_cents, page.tax_cents) == (1900, 200, 0)
    assert not page.has_news


def test_adding_twice_is_one_line_and_changes_nothing(buyer, item):
    cart = steps.fill_cart(buyer, item)
    key = cart.checkout_key

    add(cart, item)

    cart.refresh_from_db()
    assert (cart.lines.count(), cart.checkout_key) == (1, key)


def test_each_licence_is_a_line_of_its_own(buyer, item):
    cart = steps.fill_cart(buyer, item)

    add(cart, item, "extended")

    assert cart.lines.count() == 2


def test_each_change_of_the_content_makes_another_key(buyer, item):
    cart = steps.fill_cart(buyer, item)
    keys = {cart.checkout_key}
    line = cart.lines.get()

    carts.change_licence(cart=cart, line_id=line.pk, licence_code="extended")
    keys.add(Cart.objects.get(pk=cart.pk).checkout_key)
    carts.remove_line(cart=cart, line_id=line.pk)
    keys.add(Cart.objects.get(pk=cart.pk).checkout_key)

    assert len(keys) == 3


def test_changing_to_a_licence_that_is_there_makes_one_line(buyer, item):
    cart = steps.fill_cart(buyer, item)
    line = add(cart, item, "extended")

    carts.change_licence(cart=cart, line_id=line.pk, licence_code="standard")

    assert [one.licence_code for one in cart.lines.all()] == ["standard"]


@pytest.mark.parametrize("status", ["draft", "paused", "suspended", "retired"])
def test_what_is_not_on_sale_cannot_be_added(buyer, status):
    item = factories.make_item(status=status)
    cart = carts.user_cart(buyer)

    with pytest.raises(NotForSale):
        add(cart, item)

    assert not cart.lines.exists()


@pytest.mark.parametrize("code", ["", "font-web", "no such", "standard\x00", "x" * 500])
def test_a_licence_of_other_items_is_not_offered(buyer, item, code):
    cart = carts.user_cart(buyer)

    with pytest.raises(LicenceNotOffered):
        add(cart, item, code)

    assert not cart.lines.exists()


def test_a_price_that_changed_since_the_page_is_confirmed_first(buyer, item):
    cart = carts.user_cart(buyer)

    with pytest.raises(OfferChanged, match=r"now \$21; it was \$19") as refused:
        add(cart, item, shown_cents=1900)

    assert refused.value.now_cents == 2100
    assert not cart.lines.exists()
    assert add(cart, item, shown_cents=2100).shown_cents == 2100


def test_nobody_buys_his_own_item(author):
    cart = carts.user_cart(author)

    with pytest.raises(OwnItem):
        add(cart, factories.make_item(author=author))


def test_a_cart_has_an_end(buyer, item, monkeypatch):
    monkeypatch.setattr(carts, "MAX_LINES", 1)
    cart = steps.fill_cart(buyer, item)

    with pytest.raises(CartFull):
        add(cart, factories.make_item())

    assert cart.lines.count() == 1


def test_a_changed_price_is_told_with_the_old_one(buyer, item):
    cart = steps.fill_cart(buyer, item)
    steps.set_price(item, 2500)

    page = cart_page(cart, buyer_id=buyer.pk)

    assert [(row.was_cents, row.offer.total_cents) for row in page.changed] == [(2100, 2700)]


def test_what_is_gone_is_told_and_not_summed_up(buyer, item):
    cart = steps.fill_cart(buyer, item, factories.make_item(price_cents=500))
    type(item).objects.filter(pk=item.pk).update(status="suspended")

    page = cart_page(cart, buyer_id=buyer.pk)

    assert [row.problem for row in page.gone] == ["This item is not for sale any more."]
    assert page.total_cents == 700


def test_a_visitors_cart_joins_the_one_cart(buyer, item):
    other = factories.make_item()
    steps.fill_cart(buyer, item)
    visiting, token = carts.open_visitor_cart(host_key="photos")
    add(visiting, item)
    add(visiting, other)

    cart = carts.join_visitor_cart(user=buyer, token=token)

    lines = {line.item_id: line.shown_cents for line in cart.lines.all()}
    assert lines == {item.pk: 2100, other.pk: 2100}
    assert not Cart.objects.filter(user=None).exists()


def test_joining_again_or_with_a_made_up_token_changes_nothing(buyer, item):
    visiting, token = carts.open_visitor_cart(host_key="photos")
    add(visiting, item)

    for one in (token, token, "made-up", ""):
        carts.join_visitor_cart(user=buyer, token=one)

    assert CartLine.objects.count() == 1


def test_a_token_is_kept_as_a_hash_only(db):
    cart, token = carts.open_visitor_cart(host_key="photos")

    assert cart.token_hash == token_hash(token)
    assert carts.visitor_cart(token) == cart
    assert carts.visitor_cart(cart.token_hash) is None


def test_carts_that_nobody_touched_are_forgotten(buyer, item):
    cart = steps.fill_cart(buyer, item)
    visiting, _ = carts.open_visitor_cart(host_key="photos")
    add(visiting, item)
    carts.hand_over(cart=visiting)
    Cart.objects.update(updated_at=timezone.now() - timedelta(days=61))

    carts.prune_carts()

    assert list(Cart.objects.all()) == [cart]


def test_a_cart_that_another_tab_has_joined_just_now(buyer, item):
    """The browser loads again; nothing is lost, and nothing fails."""
    cart, token = carts.open_visitor_cart(host_key="graphics")
    carts.join_visitor_cart(user=buyer, token=token)

    with pytest.raises(CartGone):
        add(cart, item)
