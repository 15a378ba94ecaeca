"""What goes back is what the ledger has, once, the way it came; other lines are not touched."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from market.community import services as community
from market.community.selectors import rating_totals
from market.discovery.services import roll_up_sales
from market.items.models import ItemStats
from market.jobs.testing import run_jobs
from market.payments import ledger
from market.payments.ledger import Move, Side
from market.payments.models import Balance, Document, DocumentOwed, Payment, PaymentRefund
from market.payments.selectors.ledger import transfers_of, trial_balance
from market.payments.services.refunds import request_refund
from market.purchases.errors import AlreadyReversed, DownloadRefused, NothingToRefund
from market.purchases.models import Purchase, RefundLine, RefundScope
from market.purchases.services.downloads import download_token
from market.purchases.services.refunds import Why, refund_lines
from tests import factories
from tests.purchases import steps

WHY = Why(reason="It does not open")


def refund(*purchases, scope=RefundScope.WHOLE):
    return refund_lines(lines=[one.order_line for one in purchases], why=WHY, scope=scope)


@pytest.fixture
def bought(buyer, item):
    steps.buy(buyer, item)
    return Purchase.objects.get()


@pytest.mark.django_db
def test_a_refund_undoes_each_stored_transfer_and_pays_it_out(bought):
    booked = transfers_of([f"line:{bought.order_line_id}"])[f"line:{bought.order_line_id}"]

    (row,) = refund(bought)

    expected = {f"refund_{code}": cents for code, cents in booked.items()}
    assert transfers_of([row.source])[row.source] == expected | {"refund_paid": bought.total_cents}
    assert (row.card_cents, row.credit_cents) == (bought.total_cents, 0)
    for kind in ("gateway", "buyer_fees", "author_fees", "clearing"):
        scope = "sandbox" if kind == "gateway" else ""
        assert ledger.balance(kind=kind, scope=scope) == 0
    assert ledger.balance(kind="author_earnings", scope=f"user:{bought.author_id}") == 0
    assert trial_balance().is_sound
    assert PaymentRefund.objects.get().cents == bought.total_cents


@pytest.mark.django_db
def test_rates_that_changed_since_do_not_matter(bought):
    Purchase.objects.update(author_fee_cents=1, author_fee_bp=1)
    bought.order_line.author_fee_cents = 1
    bought.order_line.save(update_fields=["author_fee_cents"])

    refund(bought)

    assert ledger.balance(kind="author_earnings", scope=f"user:{bought.author_id}") == 0


@pytest.mark.django_db
def test_lifetime_sales_never_fall(bought):
    refund(bought)

    kept = Balance.objects.get(account__scope=f"user:{bought.author_id}")
    assert kept.lifetime_cents == bought.item_price_cents


@pytest.mark.django_db
def test_download_and_code_end_and_other_lines_stay(buyer, item):
    other = factories.make_item(name="Other")
    steps.buy(buyer, item, other)
    first, second = Purchase.objects.order_by("pk")

    refund(first)

    first.refresh_from_db()
    second.refresh_from_db()
    assert not first.is_valid
    assert second.is_valid
    with pytest.raises(DownloadRefused):
        download_token(
            user=buyer, code=first.code, file_id=first.version.files.get().pk, address="::1"
        )
    token = download_token(
        user=buyer, code=second.code, file_id=second.version.files.get().pk, address="::1"
    )
    assert token
    assert PaymentRefund.objects.get().cents == first.total_cents
    assert trial_balance().is_sound


@pytest.mark.django_db
def test_each_line_of_an_order_goes_back_for_itself(buyer, item):
    other = factories.make_item(name="Other", price_cents=700)
    steps.buy(buyer, item, other)
    first, second = Purchase.objects.order_by("pk")

    refund(first)
    refund(second)

    payment = Payment.objects.get()
    assert sum(one.cents for one in PaymentRefund.objects.all()) == payment.paid_cents
    assert ledger.balance(kind="gateway", scope="sandbox") == 0


@pytest.mark.django_db
def test_a_refunded_line_is_not_refunded_again(bought):
    refund(bought)

    with pytest.raises(AlreadyReversed):
        refund(bought)

    assert RefundLine.objects.count() == PaymentRefund.objects.count() == 1


@pytest.mark.django_db
def test_what_the_card_can_not_take_becomes_credit(bought):
    """Staff gave a part of the payment back before."""
    with transaction.atomic():
        request_refund(payment=Payment.objects.get(), cents=500, source="adjust:1")

    (row,) = refund(bought)

    assert (row.card_cents, row.credit_cents) == (bought.total_cents - 500, 500)
    assert ledger.balance(kind="buyer_credit", scope=f"user:{bought.buyer_id}") == 500
    assert trial_balance().is_sound


@pytest.mark.django_db
def test_after_the_payout_the_author_owes_it(bought):
    author = ledger.earnings_of(bought.author_id)
    earned = ledger.balance(kind=author.kind, scope=author.scope)
    ledger.open_accounts(sides=[Side("payouts")], currency="USD")
    with transaction.atomic():
        ledger.book(
            [Move(source="payout:0", code="payout", cents=earned, payer=author,
                  receiver=Side("payouts"))], currency="USD",
        )  # fmt: skip

    refund(bought)

    assert ledger.balance(kind=author.kind, scope=author.scope) == -earned


@pytest.mark.django_db
def test_support_alone_goes_back_with_its_tax_and_the_licence_stays(bought, item):
    line = _with_extra_support(bought, item)

    (row,) = refund_lines(lines=[line], why=WHY, scope=RefundScope.SUPPORT)

    bought.refresh_from_db()
    assert bought.is_valid
    assert (row.support_cents, row.support_fee_cents, row.tax_cents) == (700, 210, 140)
    assert (row.item_price_cents, row.total_cents) == (0, 840)
    with pytest.raises(AlreadyReversed):
        refund_lines(lines=[line], why=WHY, scope=RefundScope.SUPPORT)


@pytest.mark.django_db
def test_the_rest_can_go_back_after_the_support(bought, item):
    line = _with_extra_support(bought, item)
    refund_lines(lines=[line], why=WHY, scope=RefundScope.SUPPORT)

    (row,) = refund_lines(lines=[line], why=WHY)

    assert (row.support_cents, row.item_price_cents) == (0, bought.item_price_cents)
    assert row.tax_cents == line.tax_cents - 140
    assert ledger.balance(kind="tax", scope="DE") == 0


@pytest.mark.django_db
def test_no_support_was_bought(bought):
    with pytest.raises(NothingToRefund):
        refund(bought, scope=RefundScope.SUPPORT)

    assert not RefundLine.objects.exists()


def _with_extra_support(purchase, item):
    """The line's money as it would be with extra support and tax, booked anew on top."""
    line = purchase.order_line
    line.support_cents, line.support_fee_cents = 700, 210
    line.tax_cents = 140 + round((line.item_price_cents + line.buyer_fee_cents) / 5)
    line.tax_scope, line.tax_rate_bp = "DE", 2000
    line.total_cents += line.support_cents + line.tax_cents
    line.save()
    Payment.objects.update(paid_cents=line.total_cents)
    author, clearing = ledger.earnings_of(purchase.author_id), Side("clearing")
    moves = [
        ("line", "support", 700, clearing, author),
        ("line", "support_fee", 210, author, Side("support_fees")),
        ("line", "tax", line.tax_cents, clearing, Side("tax", "DE")),
        ("extra", "payment", 700 + line.tax_cents, Side("gateway", "sandbox"), clearing),
    ]
    ledger.open_accounts(
        sides=[side for *_, payer, receiver in moves for side in (payer, receiver)], currency="USD"
    )
    with transaction.atomic():
        ledger.book(
            [
                Move(source=f"{name}:{line.pk}", code=code, cents=cents, payer=a, receiver=b)
                for name, code, cents, a, b in moves
            ],
            currency="USD",
        )
    return line


@pytest.mark.django_db
def test_a_credit_note_is_owed_once_and_linked_from_the_order(bought, buyer, client_for):
    (row,) = refund(bought)

    run_jobs(["default"])

    note = Document.objects.filter(kind="credit_note", source=row.source).get()
    assert note.data["total_cents"] == bought.total_cents
    assert not DocumentOwed.objects.filter(kind="credit_note").exists()
    page = client_for("account", buyer).get(f"/orders/{bought.order_line.order.key}/")
    assert f"/documents/{note.code}/" in page.content.decode()


@pytest.mark.django_db
def test_a_sale_that_was_counted_is_taken_off_and_one_that_was_not_never_counts(buyer, item):
    counted = steps.buy(buyer, item).lines.get().purchase
    roll_up_sales()
    refund(counted)
    assert ItemStats.objects.get(pk=item.pk).sales == 1

    roll_up_sales()

    assert ItemStats.objects.get(pk=item.pk).sales == 0
    waiting = steps.buy(buyer, item).lines.get().purchase
    refund(waiting)
    roll_up_sales()
    assert ItemStats.objects.get(pk=item.pk).sales == 0


@pytest.mark.django_db
def test_the_rating_goes_with_the_last_licence_of_the_item(buyer, item):
    steps.buy(buyer, item)
    steps.buy(buyer, item)
    first, second = Purchase.objects.order_by("pk")
    community.rate(purchase=first, buyer=buyer, stars=5, reason="design")

    refund(first)
    run_jobs(["default"])
    assert rating_totals(item.pk).rating_count == 1

    refund(second)
    run_jobs(["default"])
    assert rating_totals(item.pk).rating_count == 0


@pytest.mark.django_db
def test_what_cost_nothing_is_taken_back_without_money(buyer, item):
    factories.make_promotion(item=item)
    steps.place(buyer, item)
    purchase = Purchase.objects.get()

    (row,) = refund(purchase)

    assert row.total_cents == 0
    assert not PaymentRefund.objects.exists()
    assert not Document.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_refunds_at_once_are_one(buyer, item):
    steps.buy(buyer, item)
    purchase = Purchase.objects.select_related("order_line").get()

    def attempt(_):
        try:
            return len(refund(purchase))
        except AlreadyReversed:
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        made = sum(pool.map(attempt, range(4)))

    assert made == RefundLine.objects.count() == PaymentRefund.objects.count() == 1
    assert trial_balance().is_sound
