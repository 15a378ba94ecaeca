"""Credit: put in, earned, disputed; added once, and never less than nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from market.payments import ledger
from market.payments.errors import DepositRefused, KeyReused, NotEarned
from market.payments.gateways.sandbox import store
from market.payments.gateways.sandbox.store import Outcome
from market.payments.models import Account, Deposit, Payment, PaymentCase, SandboxPayment
from market.payments.selectors.credit import credit_cents
from market.payments.selectors.ledger import trial_balance
from market.payments.services import credit as services
from market.payments.services import payments
from market.purchases.selectors.payout_facts import SALE_FACTS
from market.purchases.services import recovery
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


def start(user, cents=5000, key=None, **more):
    return services.start_deposit(
        user=user,
        cents=cents,
        key=key or uuid4(),
        return_url="http://account.localhost/credit/x/",
        **more,
    )


def paid(payment):
    store.decide(payment.gateway_ref, Outcome.APPROVE)
    return payments.refresh_payment(payment=payment)


def put_in(user, cents=5000):
    payment = paid(start(user, cents))
    services.settle_deposit(payment=payment)
    return payment


def test_money_that_arrived_is_credit_once(buyer):
    payment = paid(start(buyer))
    assert credit_cents(buyer.pk) == 0

    for _ in range(3):  # a browser, a report and the recovery job, each with what it read before
        services.settle_deposit(payment=payment)

    assert credit_cents(buyer.pk) == 5000
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="sandbox") == -5000
    assert trial_balance().is_sound


def test_a_form_that_is_sent_twice_is_one_deposit(buyer):
    key = uuid4()

    assert start(buyer, key=key) == start(buyer, key=key)
    with pytest.raises(KeyReused):
        start(buyer, 6000, key=key)
    with pytest.raises(KeyReused):
        start(factories.make_user(), key=key)

    assert Payment.objects.count() == 1


@pytest.mark.parametrize("cents", [-5000, 0, 499, 100_001])
def test_too_little_and_too_much_are_refused(buyer, cents):
    with pytest.raises(DepositRefused, match="between \\$5 and \\$1,000"):
        start(buyer, cents)

    assert not Deposit.objects.exists()


def test_another_currency_is_refused(buyer):
    with pytest.raises(DepositRefused):
        start(buyer, currency="EUR")


def test_an_account_holds_so_much(buyer):
    for _ in range(5):
        put_in(buyer, 100_000)

    with pytest.raises(DepositRefused, match="as much credit"):
        start(buyer)


def test_what_never_came_is_no_credit(buyer):
    payment = start(buyer)
    store.decide(payment.gateway_ref, Outcome.DECLINE)
    services.settle_deposit(payment=payments.refresh_payment(payment=payment))

    assert credit_cents(buyer.pk) == 0


@pytest.mark.parametrize("change", [{"cents": 1}, {"currency": "EUR"}])
def test_what_differs_from_what_was_asked_is_a_case(buyer, change):
    payment = start(buyer)
    SandboxPayment.objects.update(**change)

    services.settle_deposit(payment=paid(payment))

    assert PaymentCase.objects.get().reason == "unexpected"
    assert credit_cents(buyer.pk) == 0
    assert trial_balance().is_sound


def test_a_deposit_that_nobody_reported_is_recovered(buyer):
    payment = start(buyer)
    store.decide(payment.gateway_ref, Outcome.APPROVE)

    recovery.recover_payments(older_than_seconds=0)

    assert credit_cents(buyer.pk) == 5000


def test_a_deposit_that_nobody_pays_is_cancelled_in_the_end(buyer):
    start(buyer)
    Payment.objects.update(created_at=timezone.now() - timedelta(days=1))

    recovery.recover_payments(older_than_seconds=0)

    assert Payment.objects.get().status == "cancelled"


@pytest.fixture
def seller(buyer, settings):
    """Has sold something so long ago that it has cleared."""
    settings.EARNINGS_CLEAR_DAYS = 0
    seller = factories.make_author(username="seller")
    steps.buy(buyer, factories.make_item(author=seller, price_cents=10_000))
    return seller


def earned(seller):
    side = ledger.earnings_of(seller.pk)
    return ledger.balance(kind=side.kind, scope=side.scope)


def move(seller, cents, key=None):
    services.move_earnings(author=seller, cents=cents, key=key or uuid4(), facts=SALE_FACTS)


def test_earnings_become_credit_once(seller):
    before, key = earned(seller), uuid4()

    for _ in range(2):
        move(seller, 1000, key)

    assert credit_cents(seller.pk) == 1000
    assert earned(seller) == before - 1000


@pytest.mark.parametrize("cents", [0, -1, 10_000])
def test_nobody_moves_what_was_not_earned(seller, cents):
    with pytest.raises(NotEarned):
        move(seller, cents)

    assert credit_cents(seller.pk) == 0


def test_what_has_not_cleared_is_not_moved(seller, settings):
    settings.EARNINGS_CLEAR_DAYS = 30

    with pytest.raises(NotEarned):
        move(seller, 1)


def test_what_a_payout_would_withhold_is_not_moved(seller):
    """Without a tax form, 24 % of what was sold: as credit it would never be withheld."""
    most = earned(seller) - 2400

    with pytest.raises(NotEarned):
        move(seller, most + 1)
    move(seller, most)

    assert credit_cents(seller.pk) == most
    assert earned(seller) == 2400


def balances(user):
    return credit_cents(user.pk), ledger.balance(kind=Account.Kind.DISPUTE_LOSSES)


@pytest.mark.parametrize("spent", [0, 2000])
def test_a_disputed_deposit_is_taken_back_and_what_was_spent_is_our_loss(buyer, spent):
    payment = put_in(buyer)
    if spent:
        ledger.open_accounts(sides=[ledger.Side(Account.Kind.ADJUSTMENTS)], currency="USD")
        taken = ledger.Move(
            source="adjust:1", code="adjust_credit_down", cents=spent,
            payer=ledger.credit_of(buyer.pk), receiver=ledger.Side(Account.Kind.ADJUSTMENTS),
        )  # fmt: skip
        ledger.book([taken], currency="USD")

    for _ in range(2):
        services.reverse_deposit(payment=payment, dispute_ref="du_1", cents=5000)

    assert balances(buyer) == (0, -spent)
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="sandbox") == 0

    for _ in range(2):
        services.restore_deposit(payment=payment, dispute_ref="du_1")

    assert balances(buyer) == (5000 - spent, 0)
    assert ledger.balance(kind=Account.Kind.GATEWAY, scope="sandbox") == -5000
    assert ledger.balance(kind=Account.Kind.CLEARING) == 0
    assert trial_balance().is_sound
