import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from market.payments import ledger, tasks
from market.payments.models import (
    Account,
    AccountSnapshot,
    Balance,
    CheckedSum,
    LedgerCheck,
    LedgerMark,
    Line,
    Transfer,
)
from market.payments.services import ledger_check, snapshots
from market.purchases.models import Order, Purchase
from market.purchases.services.billing import Billing
from market.purchases.services.ledger_checks import run_check
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


def faults(**options):
    with pytest.raises(CommandError):
        call_command("check_ledger", verbosity=0, **options)
    return "\n".join(LedgerCheck.objects.latest("pk").faults)


@pytest.mark.smoke
def test_a_sound_ledger_passes(buyer, capsys):
    steps.buy(buyer, factories.make_item(), factories.make_item())
    cart = steps.fill_cart(buyer, factories.make_supported_item())
    steps.pay_for(buyer, cart, Billing(country="DE"))

    call_command("check_ledger", chunk=3)

    assert "sound" in capsys.readouterr().out


def test_an_empty_ledger_passes(db):
    call_command("check_ledger", verbosity=0)


def test_a_balance_that_is_not_its_lines_fails(buyer):
    steps.buy(buyer, factories.make_item())
    Balance.objects.filter(account__kind="author_earnings").update(balance_cents=5)

    assert "balance is not its lines" in faults()


def test_a_paid_order_without_its_bookings_fails(buyer):
    factories.make_purchase(buyer=buyer, item=factories.make_item())

    found = faults()
    assert "the ledger has {}" in found
    assert "0 cents were taken for it" in found


def test_a_purchase_of_another_price_fails(buyer):
    steps.buy(buyer, factories.make_item())
    Purchase.objects.update(total_cents=1)

    assert "another price" in faults()


def test_a_purchase_of_an_order_that_was_not_paid_fails(buyer):
    order = steps.buy(buyer, factories.make_item())
    Order.objects.filter(pk=order.pk).update(status="expired")

    found = faults()
    assert "its order was not paid" in found
    assert "is of no paid order" in found


def test_a_half_transfer_fails(buyer):
    author = factories.make_author()
    ledger.open_accounts(sides=[ledger.earnings_of(author.pk)], currency="USD")
    half = Transfer.objects.create(source="x:1", kind="sale")
    account = Account.objects.get(kind="author_earnings")
    Line.objects.create(transfer=half, account=account, cents=7, balance_cents=7)
    Balance.objects.filter(account=account).update(balance_cents=7)
    Transfer.objects.create(source="x:2", kind="sale")

    found = faults()
    assert found.count("not two equal halves") == 2
    assert "the lines in USD add up to 7 cents" in found


def test_a_line_that_does_not_continue_its_balance_fails(buyer):
    steps.buy(buyer, factories.make_item())
    ours = Account.objects.get(kind="author_earnings")
    other = (
        Account.objects.get(kind="adjustments")
        if Account.objects.filter(kind="adjustments").exists()
        else Account.objects.create(kind="adjustments", currency="USD")
    )
    transfer = Transfer.objects.create(source="x:1", kind="adjust_earnings_up")
    Line.objects.create(transfer=transfer, account=other, cents=-10)
    Line.objects.create(transfer=transfer, account=ours, cents=10, balance_cents=99)

    assert "says 99 after it, not" in faults()


def test_a_transfer_against_the_rules_fails(buyer):
    steps.buy(buyer, factories.make_item())
    fees = Account.objects.get(kind="buyer_fees")
    clearing = Account.objects.get(kind="clearing")
    transfer = Transfer.objects.create(source="x:1", kind="buyer_fee")
    Line.objects.create(transfer=transfer, account=fees, cents=-300)
    Line.objects.create(transfer=transfer, account=clearing, cents=300)

    found = faults()
    assert "buyer_fee from buyer_fees to clearing" in found
    assert "300 cents are left over in clearing" in found
    assert "buyer_fees stands at -100 cents" in found


def test_a_check_that_was_stopped_goes_on_where_it_was(buyer):
    steps.buy(buyer, factories.make_item(), factories.make_item())
    check = ledger_check.open_check()
    for _ in range(3):
        ledger_check.check_chunk(check=check, size=2)
    steps.buy(buyer, factories.make_item())

    again = ledger_check.open_check()
    assert (again.pk, again.stage, again.read) == (check.pk, "lines", {"lines": 6})
    run_check(check=again, size=2)

    assert again.is_sound
    assert again.read["lines"] == Line.objects.filter(pk__lte=again.until_line_id).count()
    assert not CheckedSum.objects.exists()
    assert ledger_check.open_check().pk != check.pk


def test_an_old_check_is_not_gone_on_with(buyer):
    check = ledger_check.open_check()
    LedgerCheck.objects.update(started_at=timezone.now() - timedelta(days=4))

    assert ledger_check.open_check().pk != check.pk


def test_the_report_says_what_was_read_and_found(buyer, tmp_path):
    steps.buy(buyer, factories.make_item())
    Balance.objects.filter(account__kind="author_earnings").update(balance_cents=5)

    faults(json=str(tmp_path / "report.json"))

    report = json.loads((tmp_path / "report.json").read_text())
    assert report["is_sound"] is False
    assert report["fault_count"] == 1
    assert report["cents_by_currency"] == {"USD": 0}
    assert report["rows_read"]["lines"] == Line.objects.count()


def test_the_nightly_job_ends_by_itself(buyer):
    steps.buy(buyer, factories.make_item())

    tasks.check_ledger.call()

    assert LedgerCheck.objects.get().is_sound


def settle_marks():
    LedgerMark.objects.update(seen_at=timezone.now() - timedelta(hours=2))


def test_balances_of_the_platform_stand_on_snapshots(buyer, django_assert_num_queries):
    steps.buy(buyer, factories.make_item(), factories.make_item())
    snapshots.take_snapshots()
    assert not AccountSnapshot.objects.exists()
    settle_marks()
    snapshots.take_snapshots()
    fees = ledger.balance(kind="buyer_fees")
    assert AccountSnapshot.objects.get(account__kind="buyer_fees").cents == fees == 400

    steps.buy(buyer, factories.make_item())
    assert ledger.balance(kind="buyer_fees") == 600
    settle_marks()
    snapshots.take_snapshots()
    settle_marks()
    snapshots.take_snapshots()

    sums = AccountSnapshot.objects.filter(account__kind="buyer_fees").order_by("pk")
    assert list(sums.values_list("cents", flat=True)) == [400, 600]
    call_command("check_ledger", verbosity=0)


def test_a_snapshot_that_is_not_its_lines_fails(buyer):
    steps.buy(buyer, factories.make_item())
    fees = Account.objects.get(kind="buyer_fees")
    AccountSnapshot.objects.create(account=fees, line_id=Line.objects.latest("pk").pk, cents=1)

    assert "its snapshot is not its lines" in faults()


def test_lines_that_may_still_be_committed_are_in_no_snapshot(buyer):
    steps.buy(buyer, factories.make_item())
    LedgerMark.objects.create(line_id=Line.objects.latest("pk").pk)

    assert snapshots.take_snapshots() == 0
