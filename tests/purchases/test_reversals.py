"""A buyer's bank takes a payment back: licences end, the platform bears what is missing."""

import pytest
from django.db import transaction

from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.models import Payment, StaffAct
from market.payments.selectors.ledger import transfers_of, trial_balance
from market.purchases.errors import AccountOnHold, AlreadyReversed
from market.purchases.models import BuyerHold, Order, Purchase, Reversal
from market.purchases.services.refunds import Why, refund_lines
from market.purchases.services.reversals import restore_payment, reverse_payment
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db
WHY = Why(reason="It does not open")


@pytest.fixture
def bought(buyer, item):
    steps.buy(buyer, item, factories.make_item(name="Other", price_cents=700))
    return list(Purchase.objects.order_by("pk"))


def reverse(ref="dp_1", **more):
    reverse_payment(payment=Payment.objects.get(), dispute_ref=ref, reason="fraudulent", **more)


def restore(ref="dp_1"):
    restore_payment(payment=Payment.objects.get(), dispute_ref=ref)


def balances():
    found = {
        kind: ledger.balance(kind=kind, scope="sandbox" if kind == "gateway" else "")
        for kind in ("gateway", "clearing", "buyer_fees", "author_fees", "dispute_losses")
    }
    for author_id in Purchase.objects.values_list("author_id", flat=True):
        found[author_id] = ledger.balance(kind="author_earnings", scope=f"user:{author_id}")
    return found


def test_all_of_the_payment_is_undone(bought):
    reverse(fee_cents=1500)

    assert not Purchase.objects.filter(reversed_at=None).exists()
    assert balances() == dict.fromkeys(balances(), 0) | {"gateway": 1500}
    assert ledger.balance(kind="gateway_fees") == -1500
    assert trial_balance().is_sound


def test_a_won_dispute_restores_exactly_that(bought):
    before = balances()
    reverse()

    restore()

    assert balances() == before
    assert Purchase.objects.filter(reversed_at=None).count() == 2
    assert not BuyerHold.objects.filter(lifted_at=None).exists()
    assert trial_balance().is_sound


def test_each_is_done_once_however_often_it_is_reported(bought):
    for _ in range(3):
        reverse()
    reversed_once = balances()
    for _ in range(3):
        restore()
    restored_once = balances()
    reverse()  # an old report, late

    assert balances() == restored_once != reversed_once
    assert Reversal.objects.count() == 2


def test_restoring_what_was_never_reversed_changes_nothing(bought):
    before = balances()

    restore("dp_unknown")

    assert balances() == before


def test_a_refund_before_it_is_the_platforms_loss(bought):
    refund_lines(lines=[bought[0].order_line], why=WHY)

    reverse()

    assert ledger.balance(kind="dispute_losses") == -bought[0].total_cents
    assert ledger.balance(kind="clearing") == 0
    restore()
    assert ledger.balance(kind="dispute_losses") == 0
    bought[0].refresh_from_db()
    bought[1].refresh_from_db()
    assert not bought[0].is_valid  # refunded it stays
    assert bought[1].is_valid


def test_what_the_bank_does_not_take_is_credit(bought):
    reverse(cents=1000)

    total = sum(one.total_cents for one in bought)
    credit = {"kind": "buyer_credit", "scope": f"user:{bought[0].buyer_id}"}
    assert ledger.balance(**credit) == total - 1000
    assert ledger.balance(kind="clearing") == 0
    restore()
    assert ledger.balance(**credit) == 0


def test_credit_that_was_spent_before_it_is_won_is_the_platforms_loss(bought):
    reverse(cents=1000)
    credit = ledger.credit_of(bought[0].buyer_id)
    has = ledger.balance(kind=credit.kind, scope=credit.scope)
    ledger.open_accounts(sides=[ledger.Side("adjustments")], currency="USD")
    with transaction.atomic():
        ledger.book(
            [ledger.Move(source="adjust:1", code="adjust_credit_down", cents=has - 100,
                         payer=credit, receiver=ledger.Side("adjustments"))],
            currency="USD",
        )  # fmt: skip

    restore()

    assert ledger.balance(kind=credit.kind, scope=credit.scope) == 0
    assert ledger.balance(kind="dispute_losses") == -(has - 100)
    assert trial_balance().is_sound


def test_during_it_nothing_is_refunded_and_after_a_won_one_it_is(bought):
    reverse()
    with pytest.raises(AlreadyReversed):
        refund_lines(lines=[bought[0].order_line], why=WHY)

    restore()

    refund_lines(lines=[bought[0].order_line], why=WHY)
    source = f"refund:{bought[0].refunds.get().pk}"
    assert transfers_of([source])[source]["refund_paid"] == bought[0].total_cents


def test_the_buyer_buys_nothing_meanwhile(bought, buyer, item):
    reverse()
    with pytest.raises(AccountOnHold):
        steps.place(buyer, item)

    restore()

    assert steps.place(buyer, item).status == "open"


def test_a_payment_without_an_order_is_not_ours_to_reverse(bought):
    Order.objects.update(payment_ref="another")

    with pytest.raises(Order.DoesNotExist):
        reverse()

    assert not BuyerHold.objects.exists()


def test_jobs_that_follow_run(bought):
    reverse()

    run_jobs(["default"])

    assert trial_balance().is_sound


def test_staff_let_a_buyer_buy_again_and_say_why(bought, buyer, item, client_for):
    reverse()
    hold = BuyerHold.objects.get()
    desk = client_for("staff", factories.make_user(username="stan", role="staff"))
    assert "buyer" in desk.get("/holds/").content.decode()
    assert desk.post(f"/holds/{hold.pk}/", {"reason": " "}).status_code == 422
    assert client_for("staff", buyer).post(f"/holds/{hold.pk}/", {"reason": "x"}).status_code == 403

    desk.post(f"/holds/{hold.pk}/", {"reason": "Paid by transfer"})

    assert StaffAct.objects.get().reason == "Paid by transfer"
    assert steps.place(buyer, item).status == "open"
    assert desk.post(f"/holds/{hold.pk}/", {"reason": "again"}).status_code == 422
    assert "Nobody is on hold" in desk.get("/holds/").content.decode()
