"""Where a payout goes, and who may hold it back on its way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from market.payments import ledger
from market.payments.errors import (
    DestinationRefused,
    GatewayUnavailable,
    NothingToPayOut,
    PayoutMoved,
    WhyNeeded,
)
from market.payments.models import (
    PayoutAccountChange,
    SandboxPayout,
)
from market.payments.selectors import payouts as reads
from market.payments.services import payout_steps
from tests import factories
from tests.payments.payout_acts import BIC, IBAN, balance, connect, cut_off, earn, states


@pytest.fixture(autouse=True)
def _quiet_gateway(settings):
    settings.SANDBOX_WEBHOOK_ADDRESS = ""


@pytest.mark.django_db
def test_a_new_account_makes_unsent_payouts_wait_and_they_go_there(author):
    earn(author, 10_000)
    connect(author)
    payout = cut_off(author)

    account = connect(author, destination="acct_87654321")

    payout.refresh_from_db()
    assert (payout.state, payout.held_for) == ("held", "account_changed")
    assert payout.held_until == account.hold_until
    payout_steps.work_off(now=account.hold_until - timedelta(seconds=1))
    assert not SandboxPayout.objects.exists()
    payout_steps.work_off(now=max(account.hold_until, datetime(2026, 11, 16, tzinfo=UTC)))
    assert SandboxPayout.objects.get().destination == "acct_87654321"
    assert [one.masked for one in PayoutAccountChange.objects.order_by("pk")] == [
        "acct … 5678",
        "acct … 4321",
    ]


@pytest.mark.django_db
def test_what_the_gateway_may_know_of_is_not_redirected(author, settings):
    earn(author, 10_000)
    connect(author)
    payout = cut_off(author)
    settings.PAYMENTS_URL = "sandbox://?fault=pay_out"
    with pytest.raises(GatewayUnavailable):
        payout_steps.send(payout=payout)

    connect(author, destination="acct_87654321")

    payout.refresh_from_db()
    assert (payout.state, payout.destination) == ("scheduled", "acct_12345678")


@pytest.mark.django_db
def test_the_same_account_again_changes_nothing(author):
    connect(author)

    assert connect(author, holder="Another Name").hold_until is None
    assert PayoutAccountChange.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"destination": ""}, "destination"),
        ({"destination": "acct_"}, "destination"),
        ({"destination": "acct_1234567;drop"}, "destination"),
        ({"method": "bank", "destination": "DE00 3704 0044 0532 0130 00"}, "destination"),
        ({"method": "bank", "destination": IBAN, "bic": "nothing"}, "bic"),
        ({"method": "bank", "destination": "acct_12345678", "bic": BIC}, "destination"),
        ({"method": "paper", "destination": IBAN}, "destination"),
        ({"holder": " \n "}, "holder"),
    ],
)
def test_money_is_sent_to_no_account_that_can_not_be(author, given, field):
    with pytest.raises(DestinationRefused) as refusal:
        connect(author, **given)

    assert refusal.value.field == field
    assert not PayoutAccountChange.objects.exists()


@pytest.mark.django_db
def test_at_the_bank_a_person_pays_and_the_fee_is_the_authors(author):
    staff = factories.make_user(role="staff")
    earn(author, 60_000)
    connect(author, method="bank", destination=IBAN, bic=BIC)
    payout = cut_off(author)
    assert (payout.gross_cents, payout.fee_cents, payout.cents) == (60_000, 2500, 57_500)
    payout_steps.work_off(now=datetime(2026, 11, 16, tzinfo=UTC))
    assert not SandboxPayout.objects.exists()
    with pytest.raises(WhyNeeded):
        payout_steps.confirm(payout=payout, staff=staff, reference=" ")

    payout = payout_steps.confirm(payout=payout, staff=staff, reference="SWIFT 77")

    assert payout.state == "settled"
    assert ledger.balance(kind="gateway", scope="bank") == 57_500
    with pytest.raises(PayoutMoved):
        payout_steps.confirm(payout=payout, staff=staff, reference="SWIFT 77")
    payout_steps.send_back(payout=payout, staff=staff, reason="Account closed")
    assert balance(author) == 57_500
    assert ledger.balance(kind="gateway", scope="bank") == 0


@pytest.mark.django_db
def test_the_banks_threshold_is_its_own(author):
    earn(author, 49_999)
    connect(author, method="bank", destination=IBAN, bic=BIC)

    with pytest.raises(NothingToPayOut):
        cut_off(author)


@pytest.mark.django_db
def test_staff_hold_and_release_and_say_why(author):
    staff = factories.make_user(role="staff")
    earn(author, 10_000)
    connect(author)
    payout = cut_off(author)
    with pytest.raises(WhyNeeded):
        payout_steps.hold(payout=payout, staff=staff, reason="  ")

    payout_steps.hold(payout=payout, staff=staff, reason="Looks odd")
    payout_steps.work_off(now=timezone.now() + timedelta(days=400))
    assert not SandboxPayout.objects.exists()
    payout_steps.release(payout=payout, staff=staff, reason="Asked; fine")

    payout.refresh_from_db()
    assert payout.state == "scheduled"
    assert [(one.state, one.words) for one in reads.events_of(payout)][-2:] == [
        ("held", "Looks odd"),
        ("scheduled", "Asked; fine"),
    ]
    with pytest.raises(PayoutMoved):
        payout_steps.release(payout=payout, staff=staff, reason="again")


@pytest.mark.django_db
def test_nobody_decides_without_the_right_or_about_himself(author):
    earn(author, 10_000)
    connect(author)
    payout = cut_off(author)
    factories.users.grant_role(user=author, role="staff")

    for person in (author, factories.make_user()):
        with pytest.raises(PayoutMoved):
            payout_steps.hold(payout=payout, staff=person, reason="Mine")

    assert states(payout)[-1] == "scheduled"
