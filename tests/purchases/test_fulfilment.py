from datetime import UTC, datetime
from uuid import uuid4

import pytest

from market.core.months import add_months
from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.models import Line, Payment, PaymentCase, SandboxPayment, Transfer
from market.payments.selectors import ledger as selectors
from market.purchases.errors import GoodsGone, UnexpectedPayment
from market.purchases.models import Order, Purchase, SaleEvent
from market.purchases.selectors.order_faults import order_faults
from market.purchases.services import fulfilment
from market.purchases.services.fulfilment import complete_order
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
COMPLETING_AN_ORDER = 28


@pytest.fixture
def order(buyer, item):
    return steps.place(buyer, item)


def complete(order, ref="pay_1", cents=None, **more):
    paid = order.total_cents if cents is None else cents
    return complete_order(key=order.key, payment_ref=ref, paid_cents=paid, **more)


def test_a_payment_makes_a_purchase_with_its_price_frozen(buyer, item, order):
    complete(order)

    purchase = Purchase.objects.get()
    assert (purchase.buyer, purchase.author, purchase.item) == (buyer, item.author, item)
    assert purchase.code.version == 4
    assert purchase.version == item.live_version
    assert (purchase.site_id, purchase.licence_code) == (item.site_id, "standard")
    assert purchase.total_cents == 2100
    assert SaleEvent.objects.get().purchase == purchase
    assert not buyer.cart.lines.exists()


@pytest.mark.smoke
def test_who_earns_what(item, order):
    complete(order)

    assert ledger.balance(kind="author_earnings", scope=f"user:{item.author_id}") == 1900 - 713
    assert ledger.balance(kind="author_fees") == 713
    assert ledger.balance(kind="buyer_fees") == 200
    assert ledger.balance(kind="gateway", scope="sandbox") == -2100
    assert selectors.trial_balance().is_sound
    assert order_faults() == []


def test_a_payment_reported_twice_is_booked_once(order):
    first, second = complete(order), complete(order)

    assert first == second
    assert Purchase.objects.count() == 1
    assert Line.objects.count() == 8  # payment, sale and both fees, two lines each


def test_each_licence_of_each_item_is_a_purchase_of_its_own(buyer, author):
    items = [factories.make_item(author=author), factories.make_item()]
    steps.fill_cart(buyer, items[0], licence="extended")

    steps.buy(buyer, *items)

    assert Purchase.objects.count() == len(set(Purchase.objects.values_list("code"))) == 3
    assert order_faults() == []


def test_what_was_added_while_paying_stays_in_the_cart(buyer, order):
    later = factories.make_item()
    steps.fill_cart(buyer, later)
    key = buyer.cart.checkout_key

    complete(order)

    buyer.cart.refresh_from_db()
    assert [line.item for line in buyer.cart.lines.all()] == [later]
    assert buyer.cart.checkout_key != key


def test_another_payment_for_a_paid_order_is_an_error(order):
    complete(order)

    with pytest.raises(UnexpectedPayment):
        complete(order, ref="pay_2")

    assert Order.objects.get().payment_ref == "pay_1"
    assert Purchase.objects.count() == 1


@pytest.mark.parametrize(
    "paid", [{"cents": 2099}, {"cents": 2101}, {"cents": 0}, {"currency": "EUR"}]
)
def test_another_amount_or_currency_grants_nothing(order, paid):
    with pytest.raises(UnexpectedPayment):
        complete(order, **paid)

    assert not Purchase.objects.exists()
    assert not Line.objects.exists()


def test_an_unknown_order_is_an_error(sites):
    with pytest.raises(Order.DoesNotExist):
        complete_order(key=uuid4(), payment_ref="pay_1", paid_cents=1)


@pytest.mark.parametrize("status", ["expired", "open", "awaiting_payment"])
def test_late_money_is_honoured(order, status):
    Order.objects.update(status=status)

    assert complete(order).status == "paid"
    assert Purchase.objects.count() == 1


@pytest.mark.parametrize("status", ["paused", "retired"])
def test_what_left_the_market_meanwhile_is_handed_over(order, item, status):
    type(item).objects.filter(pk=item.pk).update(status=status)

    complete(order)

    assert Purchase.objects.count() == 1


def test_what_staff_took_away_is_not(order, item):
    type(item).objects.filter(pk=item.pk).update(status="suspended")

    with pytest.raises(GoodsGone):
        complete(order)

    assert not Purchase.objects.exists()


class TestSettle:
    @pytest.fixture
    def payment(self, order):
        return steps.ask(order)

    def test_it_does_nothing_before_the_gateway_says_succeeded(self, payment):
        steps.settle(payment)

        assert not Purchase.objects.exists()

    def test_it_books_once_and_notes_it(self, payment):
        steps.decide(payment)
        for _ in range(3):
            steps.settle(payment)

        payment.refresh_from_db()
        assert payment.settled_at is not None
        assert Purchase.objects.count() == 1

    def test_another_payment_is_a_case_for_staff(self, payment, order):
        complete(order, ref="elsewhere")
        steps.decide(payment)
        for _ in range(2):
            steps.settle(payment)

        case = PaymentCase.objects.get()
        assert (case.reason, case.payment, case.resolved_at) == ("unexpected", payment, None)
        assert Purchase.objects.count() == 1

    def test_another_amount_is_a_case_for_staff(self, payment):
        SandboxPayment.objects.update(cents=1)
        steps.decide(payment)
        steps.settle(payment)

        assert PaymentCase.objects.get().reason == "unexpected"
        assert not Purchase.objects.exists()

    def test_a_payment_for_nothing_is_a_case_for_staff(self, payment):
        Payment.objects.update(purpose=f"order:{uuid4().hex}")
        payment.refresh_from_db()
        steps.decide(payment)
        steps.settle(payment)

        assert PaymentCase.objects.get().reason == "unexpected"

    def test_money_for_what_is_gone_is_given_back(self, payment, order, item):
        type(item).objects.filter(pk=item.pk).update(status="suspended")
        steps.decide(payment)
        for _ in range(2):
            steps.settle(payment)
        run_jobs(["default"])

        order.refresh_from_db()
        assert order.status == "expired"
        assert not Purchase.objects.exists()
        assert SandboxPayment.objects.get().status == "refunded"
        assert PaymentCase.objects.get().resolved_at is not None
        codes = Transfer.objects.order_by("pk").values_list("kind", flat=True)
        assert list(codes) == ["payment", "refund_paid"]
        assert ledger.balance(kind="clearing") == 0

    def test_what_is_being_given_back_is_not_granted_as_well(self, payment, order, item):
        type(item).objects.filter(pk=item.pk).update(status="suspended")
        steps.decide(payment)
        steps.settle(payment)
        type(item).objects.filter(pk=item.pk).update(status="approved")

        complete(order, ref=payment.gateway_ref)
        Payment.objects.update(settled_at=None)
        fulfilment.settle(payment=Payment.objects.get())

        assert not Purchase.objects.exists()


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2027, 8, 31, tzinfo=UTC), 6, datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(2026, 12, 5, tzinfo=UTC), 12, datetime(2027, 12, 5, tzinfo=UTC)),
    ],
)
def test_support_ends_on_the_same_day_of_a_later_month(start, months, end):
    assert add_months(start, months) == end


def test_support_is_bought_with_an_item_that_has_it(buyer):
    item = factories.make_item(site="code", category="javascript/forms")
    item.detail.has_support = True
    item.detail.save(update_fields=["has_support"])

    steps.buy(buyer, item, licence="standard")

    purchase = Purchase.objects.get()
    assert purchase.support_until == add_months(purchase.bought_at, 6)


def test_an_order_of_ten_lines_takes_as_many_queries_as_one(buyer, django_assert_num_queries):
    one = steps.place(buyer, factories.make_item())
    with django_assert_num_queries(COMPLETING_AN_ORDER):
        complete(one)
    ten = steps.place(buyer, *[factories.make_item() for _ in range(10)])

    with django_assert_num_queries(COMPLETING_AN_ORDER):
        complete(ten, ref="pay_2")
