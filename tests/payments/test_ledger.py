import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from market.payments import ledger, selectors
from market.payments.ledger import Sale
from market.payments.models import Account, Balance, Immutable, Line, Transfer

pytestmark = pytest.mark.django_db
GATEWAY, USD = "sandbox", "USD"


def sale(number=1, author_id=7, price=1900, author_fee=712, buyer_fee=200, tax=0):
    return Sale(
        source=f"line:{number}",
        author_id=author_id,
        item_price_cents=price,
        author_fee_cents=author_fee,
        buyer_fee_cents=buyer_fee,
        tax_cents=tax,
    )


def book(*sales):
    authors = [one.author_id for one in sales]
    ledger.open_accounts(author_ids=authors, gateway=GATEWAY, currency=USD)
    with transaction.atomic():
        ledger.book_sales(sales=sales, gateway=GATEWAY, currency=USD)


def test_a_sale_is_booked_as_transfers_that_add_up_to_zero():
    book(sale(tax=100))

    assert selectors.transfers_of(["line:1"]) == {
        "line:1": {"sale": 1900, "author_fee": 712, "buyer_fee": 200, "tax": 100}
    }
    assert ledger.balance(kind="author_earnings", scope="user:7") == 1900 - 712
    assert ledger.balance(kind="author_fees") == 712
    assert ledger.balance(kind="buyer_fees") == 200
    assert ledger.balance(kind="tax") == 100
    assert ledger.balance(kind="gateway", scope=GATEWAY) == -(1900 + 200 + 100)
    assert selectors.trial_balance().is_sound


def test_what_is_nothing_makes_no_line():
    book(sale(buyer_fee=0, author_fee=0))

    assert [one.kind for one in Transfer.objects.all()] == ["sale"]
    assert Line.objects.count() == 2


def test_an_authors_lines_carry_the_balance_after_each():
    book(sale(1, price=1000, author_fee=400), sale(2, price=500, author_fee=100))

    lines = Line.objects.filter(account__scope="user:7").order_by("pk")
    assert [(one.cents, one.balance_cents) for one in lines] == [
        (1000, 1000),
        (-400, 600),
        (500, 1100),
        (-100, 1000),
    ]
    assert Balance.objects.get().lifetime_cents == 1500


def test_a_sale_is_booked_once():
    book(sale())

    with pytest.raises(IntegrityError):
        book(sale())

    assert ledger.balance(kind="author_earnings", scope="user:7") == 1900 - 712
    assert selectors.trial_balance().is_sound


def test_no_line_and_no_transfer_is_ever_changed():
    book(sale())
    line, transfer = Line.objects.first(), Transfer.objects.first()

    for change in (
        line.save,
        line.delete,
        transfer.save,
        transfer.delete,
        lambda: Line.objects.update(cents=1),
        lambda: Line.objects.all().delete(),
        lambda: Line.objects.bulk_update([line], ["cents"]),
        lambda: Transfer.objects.update_or_create(source="x", kind="tax"),
        lambda: Transfer.objects.filter(source="line:1").delete(),
    ):
        with pytest.raises(Immutable):
            change()

    assert selectors.trial_balance().is_sound


@pytest.mark.django_db(transaction=True)
def test_booking_outside_a_transaction_is_refused():
    ledger.open_accounts(author_ids=[7], gateway=GATEWAY, currency=USD)

    with pytest.raises(RuntimeError):
        ledger.book_sales(sales=[sale()], gateway=GATEWAY, currency=USD)

    assert not Line.objects.exists()


def test_ten_sales_take_as_many_queries_as_one_and_one_lock():
    def queries(sales):
        ledger.open_accounts(
            author_ids=[one.author_id for one in sales], gateway=GATEWAY, currency=USD
        )
        with (
            CaptureQueriesContext(
                connection,
            ) as captured,
            transaction.atomic(),
        ):
            ledger.book_sales(sales=sales, gateway=GATEWAY, currency=USD)
        return [one["sql"] for one in captured]

    one = queries([sale(1)])
    ten = queries([sale(number, author_id=number) for number in range(2, 12)])

    assert len(ten) == len(one)
    locks = [query for query in ten if "FOR UPDATE" in query]
    assert len(locks) == connection.features.has_select_for_update
    assert all("ORDER BY" in query for query in locks)


def test_the_check_finds_what_was_tampered_with():
    book(sale())
    Balance.objects.update(balance_cents=1)
    account = Account.objects.get(kind="tax")
    loose = Transfer.objects.create(source="line:9", kind="tax")
    Line.objects.create(transfer=loose, account=account, cents=5)

    found = selectors.trial_balance()

    assert found.cents_by_currency == {"USD": 5}
    assert found.drifted_accounts == [Account.objects.get(scope="user:7").pk]
    assert found.broken_transfers == [loose.pk]
    assert not found.is_sound


@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(1, 10**6), st.integers(0, 10_000), st.integers(0, 5000)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_order_leaves_the_ledger_sound(rows):
    with transaction.atomic():
        sales = [
            sale(n, author_id=a, price=p, author_fee=p * bp // 10_000, buyer_fee=f)
            for n, (a, p, bp, f) in enumerate(rows)
        ]
        book(*sales)
        assert selectors.trial_balance().is_sound
        taken = -ledger.balance(kind="gateway", scope=GATEWAY)
        assert taken == sum(one.item_price_cents + one.buyer_fee_cents for one in sales)
        transaction.set_rollback(True)
