"""The free item of the period, through cart and checkout to the library, and not an hour longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from market.discovery.services import roll_up_sales
from market.items.models import ItemStats
from market.jobs.testing import run_jobs
from market.payments.models import Account, Balance, Payment, Transfer
from market.payments.selectors import ledger as payments
from market.purchases.errors import AlreadyClaimed, CartChanged, PriceChanged
from market.purchases.models import CartLine, Claim, Order, OrderLine, Purchase, SaleEvent
from market.purchases.selectors.carts import cart_page
from market.purchases.selectors.offers import offers_of
from market.purchases.selectors.order_faults import order_faults
from market.purchases.services import cart as carts
from market.purchases.services import checkout, fulfilment
from tests import factories
from tests.purchases import steps

HOUR = timedelta(hours=1)


@pytest.fixture
def promotion(item):
    return factories.make_promotion(item=item)


def end(promotion):
    promotion.ends_at = timezone.now()
    promotion.save(update_fields=["ends_at"])


def ledger_is_clean():
    return payments.trial_balance().is_sound and order_faults() == []


def test_the_default_licence_costs_nothing_while_it_runs(item, promotion):
    offers = {one.licence.code: one for one in offers_of([item.pk]).of_item(item.pk)}

    standard = offers.pop("standard")
    assert standard.total_cents == 0
    assert (standard.quote.item_price_cents, standard.quote.author_fee_cents) == (0, 0)
    assert (standard.gift.promotion_id, standard.gift.until) == (promotion.pk, promotion.ends_at)
    assert standard.gift.usual_cents > item.prices.get(licence_code="standard").cents
    assert offers
    assert all(one.total_cents > 0 and one.gift is None for one in offers.values())


@pytest.mark.parametrize(("starts_in", "ends_in"), [(HOUR, 2 * HOUR), (-2 * HOUR, -HOUR)])
def test_before_and_after_it_costs_what_it_costs(item, starts_in, ends_in):
    usual = steps.all_in(item)
    factories.make_promotion(item=item, starts_in=starts_in, ends_in=ends_in)

    assert steps.all_in(item) == usual > 0


def test_an_order_of_nothing_is_paid_at_once_without_a_gateway(buyer, item, promotion):
    order = steps.place(buyer, item)

    assert (order.status, order.total_cents) == ("paid", 0)
    assert order.payment_ref == f"free:{order.key.hex}"
    purchase = Purchase.objects.get()
    assert (purchase.buyer, purchase.item, purchase.total_cents) == (buyer, item, 0)
    assert (purchase.item_price_cents, purchase.author_fee_cents) == (0, 0)
    assert Claim.objects.get().purchase == purchase
    assert not Payment.objects.exists()
    assert not CartLine.objects.exists()
    assert ledger_is_clean()


def test_the_author_gets_nothing_and_the_ledger_hears_nothing(buyer, item, promotion):
    steps.place(buyer, item)

    assert not Transfer.objects.exists()
    assert not Account.objects.exists()
    assert not Balance.objects.exists()


def test_a_gift_is_no_sale(buyer, item, promotion):
    steps.place(buyer, item)

    assert not SaleEvent.objects.exists()
    assert roll_up_sales() == 0
    assert ItemStats.objects.get(pk=item.pk).sales == 0


def test_a_repeat_of_the_form_is_the_same_order(buyer, item, promotion):
    cart = steps.fill_cart(buyer, item)
    key, shown = cart.checkout_key, cart_page(cart, buyer_id=buyer.pk).prices

    orders = [
        checkout.place_order(
            buyer=buyer, cart=cart, key=key, shown_cents=shown, billing=steps.UNTAXED
        )
        for _ in range(2)
    ]

    assert orders[0] == orders[1]
    assert Purchase.objects.count() == 1


def test_one_free_copy_a_buyer_and_promotion(buyer, item, promotion):
    steps.place(buyer, item)

    with pytest.raises(AlreadyClaimed):
        carts.add_to_cart(cart=carts.user_cart(buyer), item_id=item.pk, licence_code="standard")
    assert Purchase.objects.count() == 1
    steps.place(factories.make_user(), item)
    assert Purchase.objects.count() == 2


def test_another_promotion_gives_another_copy(buyer, item, promotion):
    steps.place(buyer, item)
    end(promotion)
    factories.make_promotion(item=item)

    steps.place(buyer, item)

    assert Claim.objects.count() == Purchase.objects.count() == 2


def test_a_visitors_second_copy_falls_out_at_the_checkout(buyer, item, promotion):
    """In the cart of a host where nobody knew yet who it was."""
    visiting, token = carts.open_visitor_cart(host_key="graphics")
    carts.add_to_cart(cart=visiting, item_id=item.pk, licence_code="standard")
    steps.place(buyer, item)
    cart = carts.join_visitor_cart(user=buyer, token=token)

    page = cart_page(cart, buyer_id=buyer.pk)

    assert page.buyable == []
    assert "library" in page.gone[0].problem
    assert [one.licence.code for one in page.rows[0].choices] == ["extended"]


def test_the_other_licences_are_never_free(buyer, item, promotion):
    order = steps.place(buyer, item, licence="extended")

    assert order.status == "open"
    assert order.total_cents > 0
    assert order.lines.get().promotion is None


def test_after_the_end_the_price_must_be_confirmed(buyer, item, promotion):
    usual = offers_of([item.pk]).of_item(item.pk)[0].gift.usual_cents
    cart = steps.fill_cart(buyer, item)
    shown = cart_page(cart, buyer_id=buyer.pk).prices
    end(promotion)

    with pytest.raises(PriceChanged):
        checkout.place_order(
            buyer=buyer, cart=cart, key=cart.checkout_key, shown_cents=shown, billing=steps.UNTAXED
        )

    assert not Order.objects.exists()
    page = cart_page(cart, buyer_id=buyer.pk)
    assert [(row.was_cents, row.offer.total_cents) for row in page.changed] == [(0, usual)]


def test_the_last_moment_counts_and_the_end_does_not(buyer, item, promotion, monkeypatch):
    cart = steps.fill_cart(buyer, item)
    shown = cart_page(cart, buyer_id=buyer.pk).prices
    said = {
        "buyer": buyer,
        "cart": cart,
        "key": cart.checkout_key,
        "shown_cents": shown,
        "billing": steps.UNTAXED,
    }

    monkeypatch.setattr(checkout.timezone, "now", lambda: promotion.ends_at)
    with pytest.raises(PriceChanged):
        checkout.place_order(**said)
    last = promotion.ends_at - timedelta(microseconds=1)
    monkeypatch.setattr(checkout.timezone, "now", lambda: last)
    order = checkout.place_order(**said)

    assert (order.total_cents, order.created_at) == (0, last)


def test_before_the_start_nobody_claims(buyer, item):
    promotion = factories.make_promotion(item=item, starts_in=HOUR)
    cart = steps.fill_cart(buyer, item)
    line = cart.lines.get()

    with pytest.raises(PriceChanged):
        checkout.place_order(
            buyer=buyer,
            cart=cart,
            key=cart.checkout_key,
            shown_cents={line.pk: 0},
            billing=steps.UNTAXED,
        )
    assert promotion.starts_at > timezone.now()
    assert not Purchase.objects.exists()


def test_a_free_line_beside_a_paid_one(buyer, item, promotion):
    paid = factories.make_item(price_cents=1001)

    order = steps.buy(buyer, item, paid)

    assert order.status == "paid"
    assert order.total_cents == steps.all_in(paid)
    assert {one.item: one.total_cents for one in Purchase.objects.all()} == {
        item: 0, paid: order.total_cents,
    }  # fmt: skip
    line = OrderLine.objects.get(item=paid)
    assert set(Transfer.objects.values_list("source", flat=True)) == {
        order.purpose,
        f"line:{line.pk}",
    }
    assert SaleEvent.objects.get().item == paid
    assert Claim.objects.get().promotion == promotion
    assert ledger_is_clean()


def test_an_order_keeps_its_prices_while_its_payment_is_under_way(buyer, item, promotion):
    order = steps.place(buyer, item, factories.make_item())
    payment = steps.decide(steps.ask(order))
    end(promotion)

    steps.settle(payment)

    assert Purchase.objects.count() == 2
    assert ledger_is_clean()


def test_taken_for_nothing_while_another_order_was_being_paid(buyer, item, promotion):
    paid = factories.make_item()
    mixed = steps.place(buyer, item, paid)
    payment = steps.decide(steps.ask(mixed))
    carts.remove_line(cart=buyer.cart, line_id=buyer.cart.lines.get(item=paid).pk)
    alone = steps.place(buyer, item)

    steps.settle(payment)

    mixed.refresh_from_db()
    assert (mixed.status, alone.status) == ("paid", "paid")
    assert Purchase.objects.filter(item=item).count() == Claim.objects.count() == 1
    assert Purchase.objects.filter(item=paid).count() == 1
    assert ledger_is_clean()


def test_what_was_taken_off_the_market_is_not_given_away(buyer, item, promotion, monkeypatch):
    cart = steps.fill_cart(buyer, item)
    page = cart_page(cart, buyer_id=buyer.pk)
    monkeypatch.setattr(checkout, "cart_page", lambda *_, **__: page)
    item.status = "suspended"
    item.save(update_fields=["status"])

    with pytest.raises(CartChanged):
        checkout.place_order(
            buyer=buyer,
            cart=cart,
            key=cart.checkout_key,
            shown_cents=page.prices,
            billing=steps.UNTAXED,
        )
    assert not Order.objects.exists()


def test_nothing_that_costs_is_given_away(buyer, item):
    order = steps.place(buyer, item)

    with pytest.raises(ValueError, match="costs"):
        fulfilment.give_away(order=order)
    assert not Purchase.objects.exists()


def test_a_form_without_script_claims_it(client_for, buyer, item, promotion):
    site, account = client_for("graphics", buyer), client_for("account", buyer)
    page = site.get(f"/items/{item.slug}/{item.pk}/buy/?licence=standard").content.decode()
    assert "Free" in page
    site.post(
        f"/items/{item.slug}/{item.pk}/buy/", {"licence_code": "standard", "then": "checkout"}
    )
    assert "Nothing to pay" in account.get("/checkout/").content.decode()

    answer = account.post("/checkout/", steps.form_of(buyer.cart), follow=True)

    assert "it is yours" in answer.content.decode()
    assert "It cost nothing" in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("http")
    library = account.get("/library/").content.decode()
    assert "Blue icons" in library
    assert "Free" in library
    assert "$0" not in page + answer.content.decode() + library


def test_the_receipt_says_free(buyer, item, promotion, mailoutbox):
    steps.place(buyer, item)
    run_jobs(["mail"])

    mail = mailoutbox[0]
    assert "Free" in mail.body
    assert "$0" not in mail.body + mail.alternatives[0][0]


def test_the_buy_page_of_who_has_it_offers_the_rest(client_for, buyer, item, promotion):
    steps.place(buyer, item)

    page = client_for("graphics", buyer).get(f"/items/{item.slug}/{item.pk}/buy/").content.decode()

    assert "You took this for free already" in page
    assert 'value="standard"' not in page
    assert 'value="extended"' in page


def test_the_promotion_costs_no_query_of_its_own(item, promotion, django_assert_num_queries):
    with django_assert_num_queries(6):
        offers_of([item.pk])
    with django_assert_num_queries(7):
        offers_of([item.pk], buyer_id=item.author_id)
