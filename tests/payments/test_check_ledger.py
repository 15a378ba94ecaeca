import pytest
from django.core.management import CommandError, call_command

from market.payments.models import Balance
from market.purchases.models import Purchase
from tests import factories
from tests.purchases import steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


def test_a_sound_ledger_passes(buyer, capsys):
    steps.buy(buyer, factories.make_item(), factories.make_item())

    call_command("check_ledger")

    assert "sound" in capsys.readouterr().out


def test_a_balance_that_is_not_its_lines_fails(buyer, capsys):
    steps.buy(buyer, factories.make_item())
    Balance.objects.update(balance_cents=5)

    with pytest.raises(CommandError):
        call_command("check_ledger")

    assert "balance is not its lines" in capsys.readouterr().err


def test_a_paid_order_without_its_bookings_fails(buyer, capsys):
    factories.make_purchase(buyer=buyer, item=factories.make_item())

    with pytest.raises(CommandError):
        call_command("check_ledger")

    assert "the ledger has {}" in capsys.readouterr().err


def test_a_purchase_of_another_price_fails(buyer, capsys):
    steps.buy(buyer, factories.make_item())
    Purchase.objects.update(total_cents=1)

    with pytest.raises(CommandError):
        call_command("check_ledger")

    assert "another price" in capsys.readouterr().err
