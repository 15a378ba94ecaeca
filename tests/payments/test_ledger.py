from contextlib import closing

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from market.core.insert_only import Immutable
from market.payments import ledger
from market.payments.errors import NotAllowed, Overdrawn
from market.payments.ledger import Move, Payer, Sale, Side
from market.payments.ledger_rows import locked_accounts
from market.payments.models import Account, Balance, Line, Transfer
from market.payments.rules import OVERDRAWN, PEOPLES, RULES
from market.payments.selectors import ledger as selectors

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


def paid(*sales):
    taken = sum(one.item_price_cents + one.buyer_fee_cents + one.tax_cents for one in sales)
    return Payer(source=f"order:{sales[0].source}", gateway=GATEWAY, cents=taken)


def open_accounts(*sales):
    sides = ledger.sale_sides(author_ids=[one.author_id for one in sales], gateway=GATEWAY)
    ledger.open_accounts(sides=sides, currency=USD)


def book(*sales):
    open_accounts(*sales)
    with transaction.atomic():
        ledger.book_sales(sales=sales, payer=paid(*sales), currency=USD)


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

    assert [one.kind for one in Transfer.objects.order_by("pk")] == ["payment", "sale"]
    assert Line.objects.count() == 4


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
    open_accounts(sale())

    with pytest.raises(RuntimeError):
        ledger.book_sales(sales=[sale()], payer=paid(sale()), currency=USD)

    assert not Line.objects.exists()


def test_ten_sales_take_as_many_queries_as_one_and_one_lock():
    def queries(sales):
        open_accounts(*sales)
        with (
            CaptureQueriesContext(
                connection,
            ) as captured,
            transaction.atomic(),
        ):
            ledger.book_sales(sales=sales, payer=paid(*sales), currency=USD)
        return [one["sql"] for one in captured]

    one = queries([sale(1)])
    ten = queries([sale(number, author_id=number) for number in range(2, 12)])

    assert len(ten) == len(one)
    locks = [query for query in ten if "FOR UPDATE" in query]
    assert len(locks) == connection.features.has_select_for_update
    assert all("ORDER BY" in query for query in locks)


def change_behind_our_back(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", ["payments_line", "payments_transfer"])
def test_the_tables_themselves_refuse_changes(table):
    book(sale())
    before = list(Line.objects.order_by("pk").values())

    for sql in (f"UPDATE {table} SET id = id + 1000", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="never changed or deleted"):
            change_behind_our_back(sql)

    assert list(Line.objects.order_by("pk").values()) == before


def deposit(cents, source="deposit:1", user_id=7):
    moved = Move(
        source=source,
        code="deposit",
        cents=cents,
        payer=Side("gateway", GATEWAY),
        receiver=ledger.credit_of(user_id),
    )
    ledger.open_accounts(sides=[moved.payer, moved.receiver], currency=USD)
    with transaction.atomic():
        ledger.book([moved], currency=USD)


def test_credit_pays_a_part_and_the_gateway_the_rest():
    deposit(500)
    open_accounts(sale(author_id=8))
    with transaction.atomic():
        payer = Payer(source="order:1", gateway=GATEWAY, cents=1700, credit_cents=500, buyer_id=7)
        ledger.book_sales(sales=[sale(author_id=8, tax=100)], payer=payer, currency=USD)

    assert ledger.balance(kind="buyer_credit", scope="user:7") == 0
    assert ledger.balance(kind="clearing") == 0
    assert ledger.balance(kind="gateway", scope=GATEWAY) == -2200
    assert selectors.trial_balance().is_sound


def test_credit_is_never_overdrawn():
    deposit(500)
    open_accounts(sale())
    payer = Payer(source="order:1", gateway=GATEWAY, cents=1599, credit_cents=501, buyer_id=7)

    with pytest.raises(Overdrawn) as refused, transaction.atomic():
        ledger.book_sales(sales=[sale()], payer=payer, currency=USD)

    assert refused.value.short_cents == 1
    assert ledger.balance(kind="buyer_credit", scope="user:7") == 500
    assert not Transfer.objects.filter(source="line:1").exists()


def test_the_database_refuses_to_overdraw_credit_too():
    deposit(500)

    with pytest.raises(DatabaseError, match="may not be overdrawn"):
        change_behind_our_back("UPDATE payments_balance SET balance_cents = -1")

    assert ledger.balance(kind="buyer_credit", scope="user:7") == 500


def test_what_was_taken_equals_what_it_was_taken_for():
    open_accounts(sale())
    payer = Payer(source="order:1", gateway=GATEWAY, cents=2099)

    with pytest.raises(ValueError, match="-1 cents are over"), transaction.atomic():
        ledger.book_sales(sales=[sale()], payer=payer, currency=USD)

    assert not Line.objects.exists()


@pytest.mark.parametrize(
    ("code", "payer", "receiver", "cents"),
    [
        ("sale", "author_earnings", "clearing", 5),
        ("payout", "buyer_credit", "payouts", 5),
        ("unheard_of", "gateway", "clearing", 5),
        ("payment", "gateway", "clearing", 0),
        ("payment", "gateway", "clearing", -5),
    ],
)
def test_only_listed_transfers_are_booked(code, payer, receiver, cents):
    move = Move(source="x", code=code, cents=cents, payer=Side(payer), receiver=Side(receiver))

    with pytest.raises(NotAllowed), transaction.atomic():
        ledger.book([move], currency=USD)

    assert not Transfer.objects.exists()


def test_each_code_has_a_rule_and_each_rule_a_code():
    assert {code.value for code in Transfer.Kind} == {str(code) for code in RULES}
    kinds = {str(kind) for rule in RULES.values() for kind in rule}
    assert kinds == {kind.value for kind in Account.Kind}
    assert set(OVERDRAWN) < set(PEOPLES)


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "mysql", reason="SQLite locks no rows")
def test_a_booking_locks_the_balances_of_people_and_no_account():
    open_accounts(sale())
    earnings, clearing = ledger.earnings_of(7), Side("clearing")
    names = [(one.kind, one.scope) for one in (earnings, clearing)]
    with transaction.atomic(), closing(connection.copy()) as other:
        rows = {kind: (pk, kept) for pk, kind, _, kept in locked_accounts(names, USD)}

        for pk, _ in rows.values():
            assert is_free(other, Account, pk)
        assert rows["clearing"][1] is None
        assert not is_free(other, Balance, rows["author_earnings"][0])


def is_free(other, model, pk):
    with other.cursor() as cursor:
        try:
            cursor.execute(
                f"SELECT 1 FROM {model._meta.db_table}"
                f" WHERE {model._meta.pk.column} = %s FOR UPDATE NOWAIT",
                [pk],
            )
        except DatabaseError:
            return False
        return True
