"""What an author sees of payouts and says about them, and what staff do, page by page."""

from datetime import UTC, datetime

import pytest

from market.payments import ledger
from market.payments.ledger import Payer, Sale
from market.payments.models import Payout, PayoutAccount, PayoutAccountChange, TaxForm
from market.payments.selectors.payouts import ItemSales, SaleFacts
from market.payments.services import payout_accounts, payouts
from tests import factories

pytestmark = pytest.mark.django_db
FACTS = SaleFacts(sold_since=lambda *_: set(), item_sales=lambda *_: ItemSales(0, 0))
NOW = datetime(2099, 1, 20, tzinfo=UTC)  # all that is earned has cleared by then
ACCOUNT = {"method": "connect", "holder": "A. Uthor", "destination": "acct_12345678", "bic": ""}
FORM = {
    "kind": "w8ben", "legal_name": "A. Uthor", "country": "DE", "tax_id": "12 345 678 901",
    "is_true": "on",
}  # fmt: skip


@pytest.fixture
def mine(client_for, author):
    return client_for("account", author)


@pytest.fixture
def desk(client_for, sites):
    return client_for("staff", factories.make_user(username="stan", role="staff"))


@pytest.fixture
def payout(author):
    ledger.open_accounts(
        sides=ledger.sale_sides(author_ids=[author.pk], gateway="sandbox"), currency="USD"
    )
    ledger.book_sales(
        sales=[
            Sale(source="line:1", author_id=author.pk, item_price_cents=90_000,
                 author_fee_cents=0, buyer_fee_cents=0, tax_cents=0)
        ],
        payer=Payer(source="order:1", gateway="sandbox", cents=90_000),
        currency="USD",
    )  # fmt: skip
    payout_accounts.set_payout_account(
        author=author, method="bank", holder="A. Uthor",
        destination="DE89370400440532013000", bic="COBADEFFXXX",
    )  # fmt: skip
    month = payouts.open_batch(now=NOW)
    return payouts.cut_off(batch=month, author_id=author.pk, currency="USD", facts=FACTS)


def test_a_newcomer_is_told_what_is_missing(mine):
    text = mine.get("/payouts/").content.decode()

    assert "We do not know yet where your money should go." in text
    assert "keep back 24% of all your sales" in text
    assert "No payouts yet" in text


def test_the_account_is_set_and_shown_masked(mine, author):
    answer = mine.post("/payouts/settings/", ACCOUNT)

    assert answer.status_code == 302
    assert PayoutAccount.objects.get().destination == "acct_12345678"
    text = mine.get("/payouts/").content.decode()
    assert "acct … 5678" in text
    assert "acct_12345678" not in text
    assert PayoutAccountChange.objects.get().address == "127.0.0.1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "cheque"},
        {"holder": ""},
        {"holder": "x" * 121},
        {"destination": "DE00"},
        {"destination": "acct_1'; DROP TABLE payments_payout; --"},
        {"method": "bank", "destination": "DE89370400440532013000", "bic": "x"},
    ],
)
def test_a_wrong_account_is_said_beside_its_field(mine, wrong):
    answer = mine.post("/payouts/settings/", ACCOUNT | wrong)

    assert answer.status_code == 422
    assert not PayoutAccount.objects.exists()


def test_a_tax_form_is_signed(mine):
    assert mine.post("/payouts/tax-form/", FORM).status_code == 302

    kept = TaxForm.objects.get()
    assert (kept.country, kept.tax_id_end) == ("DE", "8901")
    text = mine.get("/payouts/tax-form/").content.decode()
    assert "… 8901" in text
    assert "12345678901" not in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"is_true": ""},
        {"country": "XX"},
        {"country": "US"},
        {"kind": "w9"},
        {"kind": "w9", "country": "US", "tax_id": "1"},
        {"legal_name": " "},
        {"tax_id": "<script>"},
    ],
)
def test_a_wrong_declaration_is_kept_by_nobody(mine, wrong):
    assert mine.post("/payouts/tax-form/", FORM | wrong).status_code == 422

    assert not TaxForm.objects.exists()


def test_an_author_sees_each_step(mine, payout):
    text = mine.get("/payouts/").content.decode()

    assert "Taken from your balance" in text
    assert "−$25" in text  # the bank's fee
    assert "$875" in text


@pytest.mark.parametrize("path", ["/payouts/", "/payouts/settings/", "/payouts/tax-form/"])
def test_who_sells_nothing_has_no_payouts(client_for, buyer, path):
    assert client_for("account", buyer).get(path).status_code == 403
    assert client_for("account").get(path).status_code == 302


def test_a_cursor_that_is_none_is_not_found(mine):
    assert mine.get("/payouts/?after=nonsense").status_code == 404


def test_staff_find_hold_release_and_confirm_it(desk, payout):
    assert "January 2099" in desk.get("/payouts/").content.decode()
    batch = desk.get("/payouts/batches/2099-01/?state=scheduled").content.decode()
    assert payout.author.username in batch
    one = f"/payouts/{payout.pk}/"
    assert "DE89370400440532013000" in desk.get(one).content.decode()

    for step, state in (("hold", "held"), ("release", "scheduled"), ("confirm", "settled")):
        desk.post(one, {"step": step, "words": f"because of {step}"})
        payout.refresh_from_db()
        assert payout.state == state

    assert "because of hold" in desk.get(one).content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"step": "hold"},
        {"step": "settle", "words": "x"},
        {"step": "release", "words": "not held"},
        {"step": "return", "words": "not sent"},
    ],
)
def test_steps_that_can_not_be_taken_change_nothing(desk, payout, sent):
    assert desk.post(f"/payouts/{payout.pk}/", sent).status_code == 422

    assert Payout.objects.get().state == "scheduled"


def test_others_do_nothing_with_it(client_for, payout):
    for person in (payout.author, factories.make_user(role="reviewer")):
        client = client_for("staff", person)
        answer = client.post(f"/payouts/{payout.pk}/", {"step": "hold", "words": "mine"})
        assert answer.status_code == 403
    assert Payout.objects.get().state == "scheduled"


@pytest.mark.parametrize(
    "path", ["/payouts/batches/1999-01/", "/payouts/999999/", "/payouts/batches/2099-01/?state=x"]
)
def test_what_there_is_not_is_not_found(desk, payout, path):
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_the_page_asks_as_much_whatever_there_is(mine, payout, many, django_assert_num_queries):
    for number in range(1, many):
        month = payouts.open_batch(now=datetime(2100 + number, 1, 20, tzinfo=UTC))
        copy = Payout.objects.get(pk=payout.pk)
        copy.pk, copy.batch = None, month
        copy.idempotency_key, copy._state.adding = f"po:copy:{number}", True
        copy.save()
    with django_assert_num_queries(13):
        mine.get("/payouts/")
